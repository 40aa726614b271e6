import type { Definition } from '../model/definition';
import { attachAlike, hostnameOf, mappingAttaches, mappingHostname } from '../resolution/attachment';
import { LayoutMemo, itemsAt } from '../resolution/layout-memo';
import { isLeftOut, isShadow, mappingGroup, sharedMatches } from '../resolution/mapping-group';
import { inRouteOrder, routePlace, sameRoutePlace } from '../resolution/route-order';
import type { BuildContext } from './build-context';
import { type WeightedMapping, alone, weighted } from './route-weights';

type Mapping = Definition<'Mapping'>;

/** Of each Host, where among the candidates its Mappings are, in route order. */
const orders = new LayoutMemo<Mapping, readonly number[]>((a, b) => sameRoutePlace(a, b) && attachAlike(a, b));

/** Which Mappings each Host takes, in route order and with weights divided; found without asking every Mapping of every Host. */
export class MappingIndex {
  /** Mappings that name one full hostname, by that name. */
  readonly #exact = new Map<string, Mapping[]>();
  /** All others: globs, regular expressions, and those that attach by labels alone. */
  readonly #others: Mapping[] = [];
  readonly #attached = new Map<Definition<'Host'>, readonly WeightedMapping[]>();

  readonly #context: BuildContext;

  constructor(context: BuildContext) {
    this.#context = context;
    for (const mapping of context.definitions.of('Mapping')) {
      if (isShadow(mapping) || isLeftOut(mapping, context.quarantine)) continue;
      const hostname = mappingHostname(mapping.spec)?.toLowerCase();
      if (hostname === undefined || hostname.includes('*')) this.#others.push(mapping);
      else {
        const named = this.#exact.get(hostname);
        if (named === undefined) this.#exact.set(hostname, [mapping]);
        else named.push(mapping);
      }
    }
  }

  /** The Mappings of a Host with their shares, in the order in which Envoy tries them. */
  attachedTo(host: Definition<'Host'>): readonly WeightedMapping[] {
    let attached = this.#attached.get(host);
    if (attached === undefined) {
      const candidates = this.#candidates(host);
      const order = orders.get(host, [], candidates, () =>
        inRouteOrder(candidates).filter((position) => attaches(candidates[position], host)),
      );
      attached = this.#divide(itemsAt(order, candidates));
      this.#attached.set(host, attached);
    }
    return attached;
  }

  #candidates(host: Definition<'Host'>): Mapping[] {
    const hostname = hostnameOf(host).toLowerCase();
    const exact = hostname.includes('*') ? [...this.#exact.values()].flat() : (this.#exact.get(hostname) ?? []);
    return [...exact, ...this.#others];
  }

  /** The members of a group stand together, where the first of them stands. */
  #divide(mappings: readonly Mapping[]): readonly WeightedMapping[] {
    const { definitions, quarantine } = this.#context;
    const shared = sharedMatches(definitions);
    if (shared.size === 0) return mappings.map(alone);
    const here = new Map<string, Mapping[]>();
    for (const mapping of mappings) {
      const match = routePlace(mapping).group;
      const known = here.get(match);
      if (known !== undefined) known.push(mapping);
      else if (shared.has(match)) here.set(match, [mapping]);
    }
    const divided: WeightedMapping[] = [];
    for (const mapping of mappings) {
      const match = routePlace(mapping).group;
      const sharers = here.get(match);
      if (sharers === undefined) divided.push(alone(mapping));
      else if (sharers[0] === mapping)
        divided.push(...weighted(sharers, mappingGroup(shared.get(match) ?? [], quarantine)));
    }
    return divided;
  }
}

function attaches(mapping: Mapping | undefined, host: Definition<'Host'>): boolean {
  return mapping !== undefined && mappingAttaches(mapping, host);
}
