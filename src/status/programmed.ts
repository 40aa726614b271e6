import type { Ir } from '../ir/ir';
import type { Resource, ResourceType, Snapshot } from '../snapshot/snapshot';
import type { NodeStatus, XdsStatus } from '../xds';
import type { Condition } from './condition';

interface Place {
  readonly type: ResourceType;
  readonly resource: Resource;
}

const places = new WeakMap<Snapshot, ReadonlyMap<string, readonly Place[]>>();

/** One node group: what is served, and what it means. */
export interface Published {
  readonly ir: Ir;
  readonly snapshot: Snapshot;
}

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

/** What the Envoys of this replica say of the newest configuration, looked up once for all definitions. */
export class Programming {
  readonly #groups: readonly {
    readonly published: Published;
    readonly nodes: readonly NodeStatus[];
    readonly behind: number;
  }[];
  /** By group, type and name of the resource: who refused it. */
  readonly #refused = new Map<string, string[]>();

  constructor(groups: readonly Published[], { nodes }: XdsStatus) {
    this.#groups = groups.map((published) => {
      const { snapshot } = published;
      const own = nodes.filter(({ group }) => group === snapshot.group);
      return { published, nodes: own, behind: own.filter((node) => !isInStep(node, snapshot)).length };
    });
    for (const { id, group, streams } of nodes)
      for (const { types } of streams)
        for (const [type, { parked }] of Object.entries(types))
          for (const name of parked) {
            const key = JSON.stringify([group, type, name]);
            this.#refused.set(key, [...(this.#refused.get(key) ?? []), id]);
          }
  }

  /** Whether what became of a definition (`kind namespace/name`) is in the Envoys, as they acknowledged. */
  of(definition: string, isAccepted: boolean): Condition {
    const said = (status: Condition['status'], reason: string, message: string): Condition => ({
      type: 'Programmed',
      status,
      reason,
      message,
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
        return by === undefined ? [] : [`${type} ${resource.name} by ${by.join(', ')}`];
      }),
    );
    if (refusals.length > 0) return said('False', 'Refused', `Envoy refused ${refusals.join('; ')}`);
    const count = groups.reduce((sum, { nodes }) => sum + nodes.length, 0);
    if (count === 0) return said('Unknown', 'NoEnvoys', 'no Envoy of its node groups is connected to this replica');
    const behind = groups.reduce((sum, group) => sum + group.behind, 0);
    return behind === 0
      ? said('True', 'Acknowledged', 'every Envoy that is connected to this replica has acknowledged it')
      : said('Unknown', 'Pending', 'some Envoys have not acknowledged the newest configuration yet');
  }
}

/** What was refused is told apart; everything else must be what is published. */
function isInStep({ streams }: NodeStatus, snapshot: Snapshot): boolean {
  return streams.every(({ types }) =>
    (Object.entries(types) as [ResourceType, (typeof types)[ResourceType]][]).every(
      ([type, status]) =>
        status === undefined ||
        (status.settled &&
          (status.parked.length > 0 ||
            status.sentVersion === '' ||
            status.subscribed !== '*' ||
            status.acceptedVersion === snapshot.types[type].version)),
    ),
  );
}
