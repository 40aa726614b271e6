import type { Definition } from '../model/definition';
import { hostnameOf, mappingAttaches, mappingHostname } from '../resolution/attachment';
import { isLeftOut, isShadow, mappingGroup, sharedMatches } from '../resolution/mapping-group';
import { inRouteOrder, routePlace } from '../resolution/route-order';
import type { BuildContext } from './build-context';
import { type WeightedMapping, weighted } from './route-weights';

type Mapping = Definition<'Mapping'>;

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
      const mappings = this.#candidates(host).filter((mapping) => mappingAttaches(mapping, host));
      attached = this.#divide(inRouteOrder(mappings));
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
    const here = new Map<string, Mapping[]>();
    const units: { readonly sharers: Mapping[]; readonly all: readonly Mapping[] }[] = [];
    for (const mapping of mappings) {
      const match = routePlace(mapping).group;
      const all = shared.get(match) ?? [];
      const known = here.get(match);
      if (known !== undefined) known.push(mapping);
      else {
        const sharers = [mapping];
        units.push({ sharers, all });
        if (all.length > 0) here.set(match, sharers);
      }
    }
    return units.flatMap(({ sharers, all }) => weighted(sharers, mappingGroup(all, quarantine)));
  }
}
