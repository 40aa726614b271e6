import type { Definition } from '../model/definition';
import { hostnameOf, mappingAttaches, mappingHostname } from '../resolution/attachment';
import { isLeftOut, isShadow, mappingGroup, mappingsByMatch } from '../resolution/mapping-group';
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

  #divide(mappings: readonly Mapping[]): readonly WeightedMapping[] {
    const { definitions, quarantine } = this.#context;
    const byMatch = new Map<string, Mapping[]>();
    for (const mapping of mappings) {
      const key = routePlace(mapping).group;
      const sharers = byMatch.get(key);
      if (sharers === undefined) byMatch.set(key, [mapping]);
      else sharers.push(mapping);
    }
    const all = mappingsByMatch(definitions);
    return [...byMatch].flatMap(([key, sharers]) =>
      weighted(sharers, mappingGroup(all.get(key) ?? sharers, quarantine)),
    );
  }
}
