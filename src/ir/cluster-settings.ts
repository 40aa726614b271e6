import type { Definition } from '../model/definition';
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

export function clusterSettings(owner: UpstreamOwner, _module: ModuleConfig): ClusterSettings {
  return owner.kind === 'Mapping' ? ofMapping(owner) : ofService(owner);
}

function ofMapping({ spec }: Definition<'Mapping'>): ClusterSettings {
  return {
    connectTimeoutMs: spec.connect_timeout_ms ?? CONNECT_TIMEOUT_MS,
    http2: spec.grpc === true,
    ...(spec.stats_name !== undefined && { statsName: spec.stats_name }),
  };
}

/** Of a TCPMapping, AuthService, RateLimitService, LogService or TracingService. */
function ofService(owner: Exclude<UpstreamOwner, Definition<'Mapping'>>): ClusterSettings {
  const { stats_name: statsName } = owner.spec;
  return {
    connectTimeoutMs: CONNECT_TIMEOUT_MS,
    http2: speaksGrpc(owner),
    ...(statsName !== undefined && { statsName }),
  };
}

function speaksGrpc(owner: Exclude<UpstreamOwner, Definition<'Mapping'>>): boolean {
  switch (owner.kind) {
    case 'AuthService':
      return owner.spec.proto === 'grpc';
    case 'TracingService':
      return owner.spec.driver === 'opentelemetry';
    case 'RateLimitService':
    case 'LogService':
      return true;
    case 'TCPMapping':
      return false;
  }
}
