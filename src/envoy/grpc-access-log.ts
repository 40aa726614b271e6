import type { GrpcAccessLog } from '../ir/http-services';
import { any, type EnvoyMessages } from '../protos';
import { duration } from './duration';

type AccessLog = EnvoyMessages['envoy.config.accesslog.v3.AccessLog'];
const HTTP = 'envoy.extensions.access_loggers.grpc.v3.HttpGrpcAccessLogConfig';
const TCP = 'envoy.extensions.access_loggers.grpc.v3.TcpGrpcAccessLogConfig';

/** Entries for a LogService (Envoy, "gRPC Access Log Service"). */
export function grpcAccessLog(log: GrpcAccessLog): AccessLog {
  const common_config: EnvoyMessages['envoy.extensions.access_loggers.grpc.v3.CommonGrpcAccessLogConfig'] = {
    log_name: log.name,
    grpc_service: { envoy_grpc: { cluster_name: log.cluster } },
    transport_api_version: 'V3',
    buffer_flush_interval: duration(log.flushIntervalMs),
    buffer_size_bytes: { value: log.bufferBytes },
  };
  if (log.type === 'tcp') return { name: 'envoy.access_loggers.tcp_grpc', typed_config: any(TCP, { common_config }) };
  return {
    name: 'envoy.access_loggers.http_grpc',
    typed_config: any(HTTP, {
      common_config,
      ...(log.requestHeaders.length > 0 && { additional_request_headers_to_log: [...log.requestHeaders] }),
      ...(log.responseHeaders.length > 0 && { additional_response_headers_to_log: [...log.responseHeaders] }),
      ...(log.responseTrailers.length > 0 && { additional_response_trailers_to_log: [...log.responseTrailers] }),
    }),
  };
}
