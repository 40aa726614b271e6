import type { HttpAction } from '../ir/listener';
import { any, type EnvoyMessages } from '../protos';
import { requestLog } from './access-log';
import { ADS } from './ads';
import { grpcAccessLog } from './grpc-access-log';
import { httpFilters } from './http-filters';
import { clientCertificateDetails } from './client-certificate-details';
import { httpProtocolOptions } from './http-protocol-options';
import type { RouteConfiguration } from './route-configuration';
import { tracing } from './tracing';

type Filter = EnvoyMessages['envoy.config.listener.v3.Filter'];
const NAME = 'envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager';

/** With the routes inline if they are given, else over RDS, so that a changed route drains no connection. */
export function httpConnectionManager(action: HttpAction, inline?: RouteConfiguration): Filter {
  const { options } = action;
  return {
    name: 'envoy.filters.network.http_connection_manager',
    typed_config: any(NAME, {
      stat_prefix: action.statPrefix,
      codec_type: action.codec === 'http3' ? 'HTTP3' : 'AUTO',
      ...(inline === undefined
        ? { rds: { config_source: ADS, route_config_name: action.routes.name } }
        : { route_config: inline }),
      http_filters: httpFilters(action),
      access_log: [requestLog(options.accessLog), ...action.services.accessLogs.map(grpcAccessLog)],
      ...(action.services.tracing !== undefined && { tracing: tracing(action.services.tracing) }),
      use_remote_address: { value: options.useRemoteAddress },
      ...(action.trustedHops > 0 && { xff_num_trusted_hops: action.trustedHops }),
      ...(options.stripMatchingHostPort && { strip_matching_host_port: true }),
      // Routes are matched against what the upstream will see.
      normalize_path: { value: true },
      ...(options.mergeSlashes && { merge_slashes: true }),
      ...(options.rejectEscapedSlashes && { path_with_escaped_slashes_action: 'REJECT_REQUEST' }),
      ...(options.maxRequestHeadersKb !== undefined && {
        max_request_headers_kb: { value: options.maxRequestHeadersKb },
      }),
      ...(options.preserveExternalRequestId && { preserve_external_request_id: true }),
      ...(options.serverName !== undefined && { server_name: options.serverName }),
      ...httpProtocolOptions(action),
      ...clientCertificateDetails(action.forwardClientCertificate),
    }),
  };
}
