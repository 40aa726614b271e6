import type { HttpAction } from '../ir/listener';
import { any, type EnvoyMessages } from '../protos';
import { requestLog } from './access-log';
import { ADS } from './ads';
import { grpcAccessLog } from './grpc-access-log';
import { httpFilters } from './http-filters';
import { clientCertificateDetails } from './client-certificate-details';
import type { RouteConfiguration } from './route-configuration';
import { tracing } from './tracing';

type Filter = EnvoyMessages['envoy.config.listener.v3.Filter'];
const NAME = 'envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager';
type HttpConnectionManager = EnvoyMessages[typeof NAME];

/** Limits for clients that are not trusted (Envoy, "Configuring Envoy as an edge proxy"). */
const MAX_CONCURRENT_STREAMS = 100;
const HTTP2_WINDOWS: EnvoyMessages['envoy.config.core.v3.Http2ProtocolOptions'] = {
  initial_stream_window_size: { value: 65_536 },
  initial_connection_window_size: { value: 1_048_576 },
};

/** With the routes inline if they are given, else over RDS, so that a changed route drains no connection. */
export function httpConnectionManager(action: HttpAction, inline?: RouteConfiguration): Filter {
  return {
    name: 'envoy.filters.network.http_connection_manager',
    typed_config: any(NAME, {
      stat_prefix: action.statPrefix,
      codec_type: action.codec === 'http3' ? 'HTTP3' : 'AUTO',
      ...(inline === undefined
        ? { rds: { config_source: ADS, route_config_name: action.routes.name } }
        : { route_config: inline }),
      http_filters: httpFilters(action),
      access_log: [requestLog(), ...action.services.accessLogs.map(grpcAccessLog)],
      ...(action.services.tracing !== undefined && { tracing: tracing(action.services.tracing) }),
      use_remote_address: { value: true },
      ...(action.trustedHops > 0 && { xff_num_trusted_hops: action.trustedHops }),
      ...(action.options.stripMatchingHostPort && { strip_matching_host_port: true }),
      // Routes are matched against what the upstream will see.
      normalize_path: { value: true },
      ...protocolOptions(action),
      ...clientCertificateDetails(action.forwardClientCertificate),
    }),
  };
}

function protocolOptions({
  codec,
  maxConcurrentStreams: streams = MAX_CONCURRENT_STREAMS,
}: HttpAction): HttpConnectionManager {
  return codec === 'http3'
    ? {
        http3_protocol_options: {
          quic_protocol_options: { max_concurrent_streams: { value: MAX_CONCURRENT_STREAMS } },
        },
      }
    : { http2_protocol_options: { max_concurrent_streams: { value: streams }, ...HTTP2_WINDOWS } };
}
