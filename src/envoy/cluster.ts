import type { Cluster as Input } from '../ir/cluster';
import { any, type EnvoyMessages } from '../protos';
import { ADS } from './ads';
import { BUFFER_LIMIT_BYTES } from './buffer-limit';
import { duration } from './duration';
import { loadAssignment } from './endpoint-assignment';
import { lazy } from './memo';
import { upstreamTlsSocket } from './upstream-tls-context';

export type Cluster = EnvoyMessages['envoy.config.cluster.v3.Cluster'];

export function cluster(input: Input): Cluster {
  return Object.assign(clusterFrame(input), discovery(input));
}

/** All of a cluster but where its endpoints come from. */
export function clusterFrame(input: Input, secret?: Parameters<typeof upstreamTlsSocket>[1]): Cluster {
  return {
    name: input.name,
    alt_stat_name: input.altStatName,
    connect_timeout: duration(input.settings.connectTimeoutMs),
    per_connection_buffer_limit_bytes: { value: BUFFER_LIMIT_BYTES },
    ...(input.tls !== undefined && { transport_socket: upstreamTlsSocket(input.tls, secret) }),
    ...(input.settings.http2 && { typed_extension_protocol_options: { [HTTP_OPTIONS]: http2() } }),
  };
}

const HTTP_OPTIONS = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions';
const http2 = lazy(() => any(HTTP_OPTIONS, { explicit_http_config: { http2_protocol_options: {} } }));

function discovery({ name, discovery }: Input): Cluster {
  if (discovery.type === 'eds') {
    return { type: 'EDS', eds_cluster_config: { eds_config: ADS, service_name: discovery.serviceName } };
  }
  const load_assignment = loadAssignment(name, discovery.type === 'none' ? [] : [discovery]);
  // IPv4 only, as in Ambassador unless `enable_ipv6` is set.
  return discovery.type !== 'strict_dns'
    ? { type: 'STATIC', load_assignment }
    : { type: 'STRICT_DNS', dns_lookup_family: 'V4_ONLY', load_assignment };
}
