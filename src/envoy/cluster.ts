import type { Cluster as Input } from '../ir/cluster';
import type { CircuitBreaker, ClusterSettings, Keepalive } from '../ir/cluster-settings';
import { type Any, any, type EnvoyMessages } from '../protos';
import { ADS } from './ads';
import { BUFFER_LIMIT_BYTES } from './buffer-limit';
import { duration } from './duration';
import { loadAssignment } from './endpoint-assignment';
import { healthChecks as checksOf } from './health-check';
import { PROPER_CASE } from './http-protocol-options';
import { memoised } from './memo';
import { plaintextMatches } from './plaintext-endpoints';
import type { SecretReference } from './sds';
import { upstreamTlsSocket, upstreamTlsSocketWith } from './upstream-tls-context';

export type Cluster = EnvoyMessages['envoy.config.cluster.v3.Cluster'];

const LB_POLICIES = {
  round_robin: 'ROUND_ROBIN',
  least_request: 'LEAST_REQUEST',
  ring_hash: 'RING_HASH',
  maglev: 'MAGLEV',
} as const;

export function cluster(input: Input): Cluster {
  const message = clusterFrame(input);
  setDiscovery(message, input);
  return message;
}

/** All of a cluster but where its endpoints come from. */
export function clusterFrame(input: Input, secret?: SecretReference): Cluster {
  const { settings, tls } = input;
  const { circuitBreakers, loadBalancer, keepalive, healthChecks } = settings;
  const message: Cluster = {
    name: input.name,
    alt_stat_name: input.altStatName,
    connect_timeout: duration(settings.connectTimeoutMs),
    per_connection_buffer_limit_bytes: { value: settings.bufferLimitBytes ?? BUFFER_LIMIT_BYTES },
  };
  if (loadBalancer !== undefined) message.lb_policy = LB_POLICIES[loadBalancer];
  if (circuitBreakers !== undefined) message.circuit_breakers = { thresholds: circuitBreakers.map(threshold) };
  if (keepalive !== undefined) message.upstream_connection_options = { tcp_keepalive: tcpKeepalive(keepalive) };
  if (healthChecks !== undefined) message.health_checks = checksOf(healthChecks, settings.http2);
  if (tls !== undefined)
    message.transport_socket = secret === undefined ? upstreamTlsSocket(tls) : upstreamTlsSocketWith(tls, secret);
  if (tls?.exceptMarked === true) message.transport_socket_matches = plaintextMatches();
  if (!isDefault(settings)) message.typed_extension_protocol_options = { [HTTP_OPTIONS]: httpOptions(settings) };
  return message;
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

/** Whether everything that `httpOptions` says is Envoy's default. A lifetime of 0 is no limit, which is the default. */
function isDefault({ http2, idleTimeoutMs, maxConnectionLifetimeMs = 0, properCase }: ClusterSettings): boolean {
  return !http2 && idleTimeoutMs === undefined && maxConnectionLifetimeMs <= 0 && properCase !== true;
}

/** HTTP/2 knows lower case only. */
const httpOptions = memoised((settings: ClusterSettings): Any => {
  const { http2, idleTimeoutMs, maxConnectionLifetimeMs = 0, properCase } = settings;
  const common = {
    ...(idleTimeoutMs !== undefined && { idle_timeout: duration(idleTimeoutMs) }),
    ...(maxConnectionLifetimeMs > 0 && { max_connection_duration: duration(maxConnectionLifetimeMs) }),
  };
  const limited = Object.keys(common).length > 0;
  return any(HTTP_OPTIONS, {
    ...(limited && { common_http_protocol_options: common }),
    explicit_http_config: http2
      ? { http2_protocol_options: {} }
      : { http_protocol_options: properCase === true ? PROPER_CASE : {} },
  });
});

const FAMILIES = { ipv6: 'V6_ONLY', both: 'AUTO' } as const;

function setDiscovery(message: Cluster, { name, discovery, settings }: Input): void {
  if (discovery.type === 'eds') {
    message.type = 'EDS';
    message.eds_cluster_config = { eds_config: ADS, service_name: discovery.serviceName };
    return;
  }
  message.type = 'STATIC';
  if (discovery.type === 'socket') {
    const lb_endpoints = [{ endpoint: { address: { pipe: { path: discovery.path } } } }];
    message.load_assignment = { cluster_name: name, endpoints: [{ lb_endpoints }] };
    return;
  }
  message.load_assignment = loadAssignment(name, discovery.type === 'none' ? [] : [discovery]);
  if (discovery.type !== 'strict_dns') return;
  const { addresses, logicalDns, respectDnsTtl } = settings;
  message.type = logicalDns === true ? 'LOGICAL_DNS' : 'STRICT_DNS';
  message.dns_lookup_family = addresses === undefined ? 'V4_ONLY' : FAMILIES[addresses];
  if (respectDnsTtl === true) message.respect_dns_ttl = true;
}
