import type { Ir } from '../ir/ir';
import { RESOURCE_TYPES, type ResourceType, type Snapshot } from '../snapshot/snapshot';
import type { NodeStatus, XdsStatus } from '../xds';

/** One node group: what is served, and what it means. */
export interface Published {
  readonly ir: Ir;
  readonly snapshot: Snapshot;
}

/** What the Envoys of one replica say of what it publishes, by node group. Plain JSON without anything secret: replicas tell it each other. */
export type EnvoyReport = Readonly<Record<string, GroupReport>>;

export interface GroupReport {
  /** Of what is published to them: the same on replicas that publish the same. */
  readonly version: string;
  /** Envoys that are connected. */
  readonly envoys: number;
  /** Those that have not acknowledged all of it; what they refused does not count. */
  readonly behind: number;
  /** What they refused. */
  readonly refused: readonly Refused[];
}

export interface Refused {
  readonly type: ResourceType;
  readonly resource: string;
  /** Ids of nodes, sorted. */
  readonly by: readonly string[];
}

/** How many refused resources of a group are told of, and how many Envoys of each: the rest is as badly off. */
const MOST_REFUSED = 50;
const MOST_NODES = 5;

export function envoyReport(groups: readonly Published[], { nodes }: XdsStatus): EnvoyReport {
  return Object.fromEntries(
    groups.map(({ snapshot }) => {
      const own = nodes.filter(({ group }) => group === snapshot.group);
      const behind = own.filter((node) => !isInStep(node, snapshot)).length;
      return [
        snapshot.group,
        { version: publishedVersion(snapshot), envoys: own.length, behind, refused: refusedBy(own) },
      ];
    }),
  );
}

/** Stands for all that is published to a node group. */
export function publishedVersion({ types }: Snapshot): string {
  return RESOURCE_TYPES.map((type) => types[type].version).join('.');
}

function refusedBy(nodes: readonly NodeStatus[]): readonly Refused[] {
  const found = new Map<string, { type: ResourceType; resource: string; by: Set<string> }>();
  for (const { id, streams } of nodes)
    for (const { types } of streams)
      for (const type of RESOURCE_TYPES)
        for (const resource of types[type]?.parked ?? []) {
          const key = `${type} ${resource}`;
          const known = found.get(key) ?? { type, resource, by: new Set() };
          known.by.add(id);
          found.set(key, known);
        }
  return [...found.values()]
    .slice(0, MOST_REFUSED)
    .map(({ by, ...refused }) => ({ ...refused, by: [...by].toSorted().slice(0, MOST_NODES) }));
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
