import type { Definition } from '../model/definition';
import { Memo } from '../resolution/memo';
import type { GroupWide } from '../resolution/mapping-group';
import type { ModuleConfig } from '../resolution/module';
import type { Resolver } from '../resolution/resolver';
import type { UpstreamOwner } from '../resolution/upstream-reference';
import { type HealthCheck, healthCheck } from './health-check';

/** Ambassador’s default, in milliseconds. */
const CONNECT_TIMEOUT_MS = 3000;

/**
 * What a definition that uses a cluster says about it, with defaults applied. All of it is part of the cluster’s identity: two
 * definitions that disagree have two clusters. What is absent is Envoy’s default.
 */
export interface ClusterSettings {
  readonly connectTimeoutMs: number;
  /** HTTP/2 to the upstream (`grpc: true`). */
  readonly http2: boolean;
  /** `stats_name`: replaces the stem of the name in Envoy’s statistics. */
  readonly statsName?: string;
  /** What a connection may buffer, in bytes; absent: Countersign's own limit. */
  readonly bufferLimitBytes?: number;
  /** Names of HTTP/1.1 headers as `Content-Type`. */
  readonly properCase?: true;
  /** `cluster_tag`: precedes the stem of the name. */
  readonly tag?: string;
  readonly circuitBreakers?: readonly CircuitBreaker[];
  readonly loadBalancer?: 'round_robin' | 'least_request' | 'ring_hash' | 'maglev';
  readonly keepalive?: Keepalive;
  readonly healthChecks?: readonly HealthCheck[];
  /** Time without a request after which a connection is closed; 0 disables. */
  readonly idleTimeoutMs?: number;
  /** 0 is no limit. */
  readonly maxConnectionLifetimeMs?: number;
  /** Only the first address of the name, at the time of a connection. */
  readonly logicalDns?: true;
  readonly respectDnsTtl?: true;
  /** Which addresses of the name are used. Absent: IPv4 alone, as in Ambassador. */
  readonly addresses?: 'ipv6' | 'both';
}

/** Limits for the requests of one priority. */
export interface CircuitBreaker {
  readonly priority: 'default' | 'high';
  readonly maxConnections?: number;
  readonly maxPendingRequests?: number;
  readonly maxRequests?: number;
  readonly maxRetries?: number;
}

/** TCP keepalive; times in seconds. */
export interface Keepalive {
  readonly idleTime?: number;
  readonly interval?: number;
  readonly probes?: number;
}

/** `leader` is that of the Mapping’s group, which says what the Mapping leaves out. */
export function clusterSettings(
  owner: UpstreamOwner,
  module: ModuleConfig,
  resolver: Resolver,
  leader?: Definition<'Mapping'>,
): ClusterSettings {
  if (owner.kind !== 'Mapping') return { ...ofService(owner, module), ...ofModule(module) };
  if (saysSomething(owner) || (leader !== undefined && saysSomething(leader)))
    return { ...ofMapping(owner, module, resolver, leader), ...ofModule(module) };
  return ofSilent.get(module, '', [resolver.type], () => ({
    ...ofMapping(SILENT, module, resolver),
    ...ofModule(module),
  }));
}

/** What a Mapping may say of its cluster. */
const SETTINGS = [
  'circuit_breakers',
  'cluster_idle_timeout_ms',
  'cluster_max_connection_lifetime_ms',
  'cluster_tag',
  'connect_timeout_ms',
  'dns_type',
  'enable_ipv4',
  'enable_ipv6',
  'grpc',
  'health_checks',
  'keepalive',
  'load_balancer',
  'respect_dns_ttl',
  'stats_name',
] as const satisfies readonly (keyof Definition<'Mapping'>['spec'])[];

type Saying = { readonly spec: Pick<Definition<'Mapping'>['spec'], (typeof SETTINGS)[number]> };

const settings: ReadonlySet<string> = new Set(SETTINGS);
const SILENT: Saying = { spec: {} };
/** Most Mappings say nothing, and share what that means. */
const ofSilent = new Memo<ModuleConfig, ClusterSettings>();

function saysSomething({ spec }: Definition<'Mapping'>): boolean {
  for (const field in spec) if (settings.has(field)) return true;
  return false;
}

/** What the Module says of every connection to an upstream. */
function ofModule(module: ModuleConfig): Partial<ClusterSettings> {
  return {
    ...(module.buffer_limit_bytes !== undefined && { bufferLimitBytes: module.buffer_limit_bytes }),
    ...(module.proper_case === true && { properCase: true }),
  };
}

function ofMapping({ spec }: Saying, module: ModuleConfig, resolver: Resolver, leader?: Saying): ClusterSettings {
  const wide = <Field extends GroupWide & (typeof SETTINGS)[number]>(field: Field) =>
    spec[field] ?? leader?.spec[field];
  const byEndpoints = resolver.type !== 'dns';
  const loadBalancer = (wide('load_balancer') ?? (byEndpoints ? module.load_balancer : undefined))?.policy;
  const breakers = wide('circuit_breakers') ?? module.circuit_breakers;
  const keepalive = wide('keepalive') ?? module.keepalive;
  const idleTimeoutMs = wide('cluster_idle_timeout_ms') ?? module.cluster_idle_timeout_ms;
  const lifetimeMs = wide('cluster_max_connection_lifetime_ms') ?? module.cluster_max_connection_lifetime_ms;
  const { stats_name: statsName, cluster_tag: tag, health_checks: checks } = spec;
  const addresses = addressesOf(spec.enable_ipv4 ?? module.enable_ipv4, spec.enable_ipv6 ?? module.enable_ipv6);
  return {
    connectTimeoutMs: wide('connect_timeout_ms') ?? CONNECT_TIMEOUT_MS,
    http2: spec.grpc === true,
    ...(statsName !== undefined && { statsName }),
    ...(tag !== undefined && { tag }),
    ...(breakers !== undefined && breakers.length > 0 && { circuitBreakers: breakers.map(circuitBreaker) }),
    ...(loadBalancer !== undefined && { loadBalancer }),
    ...(keepalive !== undefined && { keepalive: keepaliveOf(keepalive) }),
    ...(byEndpoints && checks !== undefined && { healthChecks: checks.map(healthCheck) }),
    ...(idleTimeoutMs !== undefined && { idleTimeoutMs }),
    ...(lifetimeMs !== undefined && { maxConnectionLifetimeMs: lifetimeMs }),
    ...(spec.dns_type === 'logical_dns' && { logicalDns: true }),
    ...(spec.respect_dns_ttl === true && { respectDnsTtl: true }),
    ...(addresses !== undefined && { addresses }),
  };
}

type Spec = Definition<'Mapping'>['spec'];

function circuitBreaker(breaker: NonNullable<Spec['circuit_breakers']>[number]): CircuitBreaker {
  const { priority = 'default', max_connections, max_pending_requests, max_requests, max_retries } = breaker;
  return {
    priority,
    ...(max_connections !== undefined && { maxConnections: max_connections }),
    ...(max_pending_requests !== undefined && { maxPendingRequests: max_pending_requests }),
    ...(max_requests !== undefined && { maxRequests: max_requests }),
    ...(max_retries !== undefined && { maxRetries: max_retries }),
  };
}

function keepaliveOf({ idle_time, interval, probes }: NonNullable<Spec['keepalive']>): Keepalive {
  return {
    ...(idle_time !== undefined && { idleTime: idle_time }),
    ...(interval !== undefined && { interval }),
    ...(probes !== undefined && { probes }),
  };
}

function addressesOf(ipv4 = true, ipv6 = false): 'ipv6' | 'both' | undefined {
  if (!ipv6) return undefined;
  return ipv4 ? 'both' : 'ipv6';
}

/** Of a TCPMapping, AuthService, RateLimitService, LogService or TracingService. */
function ofService(owner: Exclude<UpstreamOwner, Definition<'Mapping'>>, module: ModuleConfig): ClusterSettings {
  const own: Partial<Definition<'TCPMapping'>['spec']> = owner.kind === 'TCPMapping' ? owner.spec : {};
  const { stats_name: statsName } = owner.spec;
  const limited = owner.kind === 'TCPMapping' || owner.kind === 'AuthService';
  const breakers = limited ? (owner.spec.circuit_breakers ?? module.circuit_breakers) : undefined;
  const addresses = addressesOf(own.enable_ipv4 ?? module.enable_ipv4, own.enable_ipv6 ?? module.enable_ipv6);
  return {
    connectTimeoutMs: CONNECT_TIMEOUT_MS,
    http2: speaksGrpc(owner),
    ...(statsName !== undefined && { statsName }),
    ...(own.cluster_tag !== undefined && { tag: own.cluster_tag }),
    ...(breakers !== undefined && breakers.length > 0 && { circuitBreakers: breakers.map(circuitBreaker) }),
    ...(addresses !== undefined && { addresses }),
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
