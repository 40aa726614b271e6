import type { Cluster as Input } from '../ir/cluster';
import type { CircuitBreaker, ClusterSettings, Keepalive } from '../ir/cluster-settings';
import { any, type EnvoyMessages } from '../protos';
import { ADS } from './ads';
import { BUFFER_LIMIT_BYTES } from './buffer-limit';
import { duration } from './duration';
import { loadAssignment } from './endpoint-assignment';
import { healthChecks as checksOf } from './health-check';
import { PROPER_CASE } from './http-protocol-options';
import { plaintextMatches } from './plaintext-endpoints';
import { upstreamTlsSocket } from './upstream-tls-context';

export type Cluster = EnvoyMessages['envoy.config.cluster.v3.Cluster'];

const LB_POLICIES = {
  round_robin: 'ROUND_ROBIN',
  least_request: 'LEAST_REQUEST',
  ring_hash: 'RING_HASH',
  maglev: 'MAGLEV',
} as const;

export function cluster(input: Input): Cluster {
  return Object.assign(clusterFrame(input), discovery(input));
}

/** All of a cluster but where its endpoints come from. */
export function clusterFrame(input: Input, secret?: Parameters<typeof upstreamTlsSocket>[1]): Cluster {
  const { settings } = input;
  const { circuitBreakers, loadBalancer, keepalive, healthChecks } = settings;
  return {
    name: input.name,
    alt_stat_name: input.altStatName,
    connect_timeout: duration(settings.connectTimeoutMs),
    per_connection_buffer_limit_bytes: { value: settings.bufferLimitBytes ?? BUFFER_LIMIT_BYTES },
    ...(loadBalancer !== undefined && { lb_policy: LB_POLICIES[loadBalancer] }),
    ...(circuitBreakers !== undefined && { circuit_breakers: { thresholds: circuitBreakers.map(threshold) } }),
    ...(keepalive !== undefined && { upstream_connection_options: { tcp_keepalive: tcpKeepalive(keepalive) } }),
    ...(healthChecks !== undefined && {
      health_checks: checksOf(healthChecks, settings.http2),
    }),
    ...(input.tls !== undefined && { transport_socket: upstreamTlsSocket(input.tls, secret) }),
    ...(input.tls?.exceptMarked === true && { transport_socket_matches: plaintextMatches() }),
    ...httpOptions(settings),
  };
}

function threshold(breaker: CircuitBreaker): EnvoyMessages['envoy.config.cluster.v3.CircuitBreakers.Thresholds'] {
  const { priority, maxConnections, maxPendingRequests, maxRequests, maxRetries } = breaker;
  return {
    priority: priority === 'high' ? 'HIGH' : 'DEFAULT',
    ...(maxConnections !== undefined && { max_connections: { value: maxConnections } }),
    ...(maxPendingRequests !== undefined && { max_pending_requests: { value: maxPendingRequests } }),
    ...(maxRequests !== undefined && { max_requests: { value: maxRequests } }),
    ...(maxRetries !== undefined && { max_retries: { value: maxRetries } }),
  };
}

function tcpKeepalive({ idleTime, interval, probes }: Keepalive): EnvoyMessages['envoy.config.core.v3.TcpKeepalive'] {
  return {
    ...(probes !== undefined && { keepalive_probes: { value: probes } }),
    ...(idleTime !== undefined && { keepalive_time: { value: idleTime } }),
    ...(interval !== undefined && { keepalive_interval: { value: interval } }),
  };
}

const HTTP_OPTIONS = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions';

/** Absent where everything is Envoy's default. A lifetime of 0 is no limit, which is the default. HTTP/2 knows lower case only. */
function httpOptions({ http2, idleTimeoutMs, maxConnectionLifetimeMs = 0, properCase }: ClusterSettings): Cluster {
  if (!http2 && idleTimeoutMs === undefined && maxConnectionLifetimeMs <= 0 && properCase !== true) return {};
  const common = {
    ...(idleTimeoutMs !== undefined && { idle_timeout: duration(idleTimeoutMs) }),
    ...(maxConnectionLifetimeMs > 0 && { max_connection_duration: duration(maxConnectionLifetimeMs) }),
  };
  const limited = Object.keys(common).length > 0;
  const options = any(HTTP_OPTIONS, {
    ...(limited && { common_http_protocol_options: common }),
    explicit_http_config: http2
      ? { http2_protocol_options: {} }
      : { http_protocol_options: properCase === true ? PROPER_CASE : {} },
  });
  return { typed_extension_protocol_options: { [HTTP_OPTIONS]: options } };
}

const FAMILIES = { ipv6: 'V6_ONLY', both: 'AUTO' } as const;

function discovery({ name, discovery, settings }: Input): Cluster {
  if (discovery.type === 'eds') {
    return { type: 'EDS', eds_cluster_config: { eds_config: ADS, service_name: discovery.serviceName } };
  }
  if (discovery.type === 'socket') {
    const lb_endpoints = [{ endpoint: { address: { pipe: { path: discovery.path } } } }];
    return { type: 'STATIC', load_assignment: { cluster_name: name, endpoints: [{ lb_endpoints }] } };
  }
  const load_assignment = loadAssignment(name, discovery.type === 'none' ? [] : [discovery]);
  if (discovery.type !== 'strict_dns') return { type: 'STATIC', load_assignment };
  const { addresses, logicalDns, respectDnsTtl } = settings;
  return {
    type: logicalDns === true ? 'LOGICAL_DNS' : 'STRICT_DNS',
    dns_lookup_family: addresses === undefined ? 'V4_ONLY' : FAMILIES[addresses],
    ...(respectDnsTtl === true && { respect_dns_ttl: true }),
    load_assignment,
  };
}
