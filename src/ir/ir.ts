import type { Cluster } from './cluster';
import type { EndpointAssignment } from './endpoint-assignment';
import type { Listener } from './listener';
import type { Secret } from './secret';

/** Everything one node group is to be served: resolved, Envoy-free plain data. Arrays are sorted by name. */
export interface Ir {
  readonly listeners: readonly Listener[];
  readonly clusters: readonly Cluster[];
  readonly endpoints: readonly EndpointAssignment[];
  /** Only secrets that a listener or cluster refers to, and each of those exactly once. */
  readonly secrets: readonly Secret[];
}
