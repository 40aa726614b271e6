import type { ResourceType } from '../../snapshot/snapshot';
import type { RefusedResource, StreamInfo } from './observer';
import type { RefusalReason } from './refusal';
import type { ResourceStatus } from './resource-status';

/** One type on one stream. */
export interface TypeStatus {
  /** Version of the newest response, or of what the client reconnected with; empty before. */
  readonly sentVersion: string;
  readonly acceptedVersion: string;
  /** `*`, or how many names the client asked for. */
  readonly subscribed: '*' | number;
  /** Whether nothing is on its way or waiting. */
  readonly settled: boolean;
  /** Resources whose newest bytes this node refused. */
  readonly parked: readonly string[];
  /** Why, by the names in `parked`. */
  readonly reasons: Readonly<Record<string, RefusalReason>>;
  readonly lastNack?: {
    readonly at: Date;
    readonly reason: RefusalReason;
    readonly rejected: readonly RefusedResource[];
  };
}

export interface StreamStatus {
  readonly protocol: 'sotw' | 'delta';
  readonly types: Readonly<Partial<Record<ResourceType, TypeStatus>>>;
}

export interface NodeStatus {
  readonly id: string;
  readonly cluster: string;
  readonly group: string;
  readonly envoyVersion: string;
  readonly streams: readonly StreamStatus[];
}

/** What every connected node was sent and accepted, ordered by node id. */
export interface XdsStatus {
  readonly nodes: readonly NodeStatus[];
}

/** Joins what the streams of each node say; before its first request a stream belongs to none. */
export function xdsStatus(streams: Iterable<{ readonly info: StreamInfo; status(): StreamStatus }>): XdsStatus {
  const nodes = new Map<string, NodeStatus & { readonly streams: StreamStatus[] }>();
  for (const stream of streams) {
    const { node, group = '' } = stream.info;
    if (node === undefined) continue;
    const { id, cluster, envoyVersion } = node;
    const entry = nodes.get(id) ?? { id, cluster, group, envoyVersion, streams: [] };
    entry.streams.push(stream.status());
    nodes.set(id, entry);
  }
  return { nodes: [...nodes.values()].sort((a, b) => (a.id < b.id ? -1 : 1)) };
}

/** What a node has of the resources of one type that are published to it. */
export interface NodeResources {
  readonly id: string;
  readonly group: string;
  readonly resources: readonly ResourceStatus[];
}

/** By node id; several streams of a node are several entries. */
export function nodeResources(
  type: ResourceType,
  sessions: Iterable<{ readonly info: StreamInfo; resources(only: ResourceType): Iterable<ResourceStatus> }>,
): readonly NodeResources[] {
  const nodes: NodeResources[] = [];
  for (const session of sessions) {
    const { node, group = '' } = session.info;
    if (node === undefined) continue;
    const resources = [...session.resources(type)];
    if (resources.length > 0) nodes.push({ id: node.id, group, resources });
  }
  return nodes.toSorted((a, b) => (a.id < b.id ? -1 : Number(a.id > b.id)));
}
