import type { Resource, ResourceType, Snapshot } from '../snapshot/snapshot';
import type { Condition } from './condition';
import { message, part } from './message';
import { type EnvoyReport, type Published, publishedVersion } from './envoy-report';

interface Place {
  readonly type: ResourceType;
  readonly resource: Resource;
}

const places = new WeakMap<Snapshot, ReadonlyMap<string, readonly Place[]>>();

/**
 * The resources of a snapshot by the definitions (`kind namespace/name`) that they came from. Hosts are in filter chains of Listeners, and in
 * virtual hosts of routes: one without TLS in those alone.
 */
function placesOf({ ir, snapshot }: Published): ReadonlyMap<string, readonly Place[]> {
  const known = places.get(snapshot);
  if (known !== undefined) return known;
  const found = new Map<string, Place[]>();
  const add = (origins: Resource['origins'], place: Place) => {
    for (const { kind, namespace, name } of origins) {
      const key = `${kind} ${namespace}/${name}`;
      const list = found.get(key);
      if (list === undefined) found.set(key, [place]);
      else list.push(place);
    }
  };
  for (const [type, { resources }] of Object.entries(snapshot.types) as [
    ResourceType,
    Snapshot['types'][ResourceType],
  ][])
    for (const resource of resources.values()) add(resource.origins, { type, resource });
  for (const { name, filterChains } of ir.listeners) {
    const resource = snapshot.types.listeners.resources.get(name);
    if (resource === undefined) continue;
    const origins = new Set(filterChains.flatMap((chain) => chain.origins ?? []));
    add([...origins], { type: 'listeners', resource });
    for (const { action } of filterChains) {
      const routes = action.type === 'http' ? snapshot.types.routes.resources.get(action.routes.name) : undefined;
      if (action.type !== 'http' || routes === undefined) continue;
      const hosts = new Set(action.routes.virtualHosts.flatMap(({ origin }) => origin ?? []));
      add([...hosts], { type: 'routes', resource: routes });
    }
  }
  places.set(snapshot, found);
  return found;
}

/** What the Envoys say of the newest configuration, looked up once for all definitions. */
export class Programming {
  readonly #groups: readonly { readonly published: Published; readonly envoys: number; readonly behind: number }[];
  /** By group, type and name of the resource: who refused it. */
  readonly #refused = new Map<string, string[]>();
  readonly #whose: string;

  /** @param others of the other replicas; undefined: what they say is not known */
  constructor(groups: readonly Published[], own: EnvoyReport, others: readonly EnvoyReport[] | undefined) {
    this.#whose = others === undefined ? ' to this replica' : '';
    const reports = [own, ...(others ?? [])];
    this.#groups = groups.map((published) => {
      const { group } = published.snapshot;
      const version = publishedVersion(published.snapshot);
      let [envoys, behind] = [0, 0];
      for (const { [group]: report } of reports) {
        if (report === undefined) continue;
        envoys += report.envoys;
        // Who publishes something else has not come so far, or has gone further: its Envoys are not where ours are.
        behind += report.version === version ? report.behind : report.envoys;
        for (const { type, resource, by } of report.refused) {
          const key = JSON.stringify([group, type, resource]);
          this.#refused.set(key, [...(this.#refused.get(key) ?? []), ...by]);
        }
      }
      return { published, envoys, behind };
    });
  }

  /** Whether what became of a definition (`kind namespace/name`) is in the Envoys, as they acknowledged. */
  of(definition: string, isAccepted: boolean): Condition {
    const said = (status: Condition['status'], reason: string, text: string): Condition => ({
      type: 'Programmed',
      status,
      reason,
      message: text,
    });
    const groups = this.#groups.filter(({ published }) => placesOf(published).has(definition));
    if (groups.length === 0)
      return isAccepted
        ? said(
            'False',
            'NothingToServe',
            'no resource of Envoy comes of it: nothing refers to it, or nothing is reached through it',
          )
        : said('False', 'NotAccepted', 'it is out of service');
    const refusals = groups.flatMap(({ published }) =>
      (placesOf(published).get(definition) ?? []).flatMap(({ type, resource }) => {
        const by = this.#refused.get(JSON.stringify([published.snapshot.group, type, resource.name]));
        return by === undefined ? [] : [part(`${type} ${resource.name} by ${by.join(', ')}`)];
      }),
    );
    if (refusals.length > 0) return said('False', 'Refused', message(`Envoy refused ${refusals.join('; ')}`));
    if (groups.every(({ envoys }) => envoys === 0))
      return said('Unknown', 'NoEnvoys', `no Envoy of its node groups is connected${this.#whose}`);
    return groups.every(({ behind }) => behind === 0)
      ? said('True', 'Acknowledged', `every Envoy that is connected${this.#whose} has acknowledged it`)
      : said('Unknown', 'Pending', 'some Envoys have not acknowledged the newest configuration yet');
  }
}
