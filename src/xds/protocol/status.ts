import type { ResourceType } from '../../snapshot/snapshot';
import type { RefusedResource } from './observer';
import type { RefusalReason } from './refusal';

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
