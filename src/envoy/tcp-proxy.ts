import type { TcpAction } from '../ir/listener';
import { any, type EnvoyMessages } from '../protos';
import { connectionLog } from './access-log';
import { duration } from './duration';
import { grpcAccessLog } from './grpc-access-log';

type Filter = EnvoyMessages['envoy.config.listener.v3.Filter'];

/** Passes the bytes of a connection on (Envoy, "TCP proxy"). */
export function tcpProxy({ statPrefix, clusters, idleTimeoutMs, accessLogs }: TcpAction): Filter {
  const [only, ...others] = clusters;
  return {
    name: 'envoy.filters.network.tcp_proxy',
    typed_config: any('envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy', {
      stat_prefix: statPrefix,
      ...(only !== undefined && others.length === 0
        ? { cluster: only.cluster }
        : { weighted_clusters: { clusters: clusters.map(({ cluster, weight }) => ({ name: cluster, weight })) } }),
      ...(idleTimeoutMs !== undefined && { idle_timeout: duration(idleTimeoutMs) }),
      access_log: [connectionLog(), ...accessLogs.map(grpcAccessLog)],
    }),
  };
}
