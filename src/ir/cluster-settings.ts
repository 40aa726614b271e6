import type { ModuleConfig } from '../resolution/module';
import type { UpstreamOwner } from '../resolution/upstream-reference';

/** Ambassador’s default, in milliseconds. */
const CONNECT_TIMEOUT_MS = 3000;

/**
 * What a definition that uses a cluster says about it, with defaults applied. All of it is part of the cluster’s identity: two
 * definitions that disagree have two clusters.
 */
export interface ClusterSettings {
  readonly connectTimeoutMs: number;
  /** HTTP/2 to the upstream (`grpc: true`). */
  readonly http2: boolean;
  /** `stats_name`: replaces the stem of the name in Envoy’s statistics. */
  readonly statsName?: string;
}

export function clusterSettings({ spec }: UpstreamOwner, _module: ModuleConfig): ClusterSettings {
  return {
    connectTimeoutMs: spec.connect_timeout_ms ?? CONNECT_TIMEOUT_MS,
    http2: spec.grpc === true,
    ...(spec.stats_name !== undefined && { statsName: spec.stats_name }),
  };
}
