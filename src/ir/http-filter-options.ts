import type { ModuleConfig } from '../resolution/module';
import { type AddressRule, addressRule } from './address-rule';
import { type Gzip, gzip } from './gzip';

/** Which HTTP filters the Module asks for, and what they are told. */
export interface HttpFilterOptions {
  readonly addressRule?: AddressRule;
  /** Paths that Envoy answers with 200 while it is healthy. */
  readonly probes: readonly string[];
  readonly gzip?: Gzip;
  readonly grpcHttp1Bridge: boolean;
  readonly grpcWeb: boolean;
  readonly grpcStats?: GrpcStats;
  /** A Lua script that defines `envoy_on_request`, `envoy_on_response` or both. */
  readonly lua?: string;
  /** Largest body of a request, in bytes. */
  readonly bufferBytes?: number;
}

export interface GrpcStats {
  /** What is counted by its own: everything, nothing, or these. */
  readonly methods: 'all' | 'none' | readonly GrpcMethods[];
  readonly upstream: boolean;
}

interface GrpcMethods {
  readonly service: string;
  readonly methods: readonly string[];
}

/** Where Ambassador puts its probes. */
const LIVENESS_PATH = '/ambassador/v0/check_alive';
const READINESS_PATH = '/ambassador/v0/check_ready';

export function httpFilterOptions(config: ModuleConfig): HttpFilterOptions {
  const rule = addressRule(config);
  const { liveness_probe: liveness, readiness_probe: readiness, grpc_stats: stats } = config;
  const probes = [
    ...(liveness?.enabled === true ? [liveness.prefix ?? LIVENESS_PATH] : []),
    ...(readiness?.enabled === true ? [readiness.prefix ?? READINESS_PATH] : []),
  ];
  return {
    ...(rule !== undefined && { addressRule: rule }),
    probes: [...new Set(probes)],
    ...(config.gzip !== undefined && config.gzip.enabled !== false && { gzip: gzip(config.gzip) }),
    grpcHttp1Bridge: config.enable_grpc_http11_bridge ?? false,
    grpcWeb: config.enable_grpc_web ?? false,
    ...(stats !== undefined && { grpcStats: grpcStats(stats) }),
    ...(config.lua_scripts !== undefined && { lua: config.lua_scripts }),
    ...(config.buffer !== undefined && { bufferBytes: config.buffer.max_request_bytes }),
  };
}

function grpcStats({
  services,
  all_methods: all = false,
  upstream_stats: upstream = false,
}: NonNullable<ModuleConfig['grpc_stats']>): GrpcStats {
  const listed = services?.map(({ name, method_names: methods }) => ({ service: name, methods }));
  return { methods: listed ?? (all ? 'all' : 'none'), upstream };
}
