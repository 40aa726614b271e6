import type { HttpOptions } from '../ir/http-options';
import type { HttpAction } from '../ir/listener';
import type { EnvoyMessages } from '../protos';
import { duration } from './duration';

type Http1 = EnvoyMessages['envoy.config.core.v3.Http1ProtocolOptions'];
type Common = EnvoyMessages['envoy.config.core.v3.HttpProtocolOptions'];
type HttpConnectionManager =
  EnvoyMessages['envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager'];

/** Limits for clients that are not trusted (Envoy, "Configuring Envoy as an edge proxy"). */
const MAX_CONCURRENT_STREAMS = 100;
const HTTP2_WINDOWS: EnvoyMessages['envoy.config.core.v3.Http2ProtocolOptions'] = {
  initial_stream_window_size: { value: 65_536 },
  initial_connection_window_size: { value: 1_048_576 },
};

/** What connections from clients may do, by version of HTTP. */
export function httpProtocolOptions({
  options,
  codec,
  maxConcurrentStreams: streams = MAX_CONCURRENT_STREAMS,
}: HttpAction): HttpConnectionManager {
  const common = commonOptions(options);
  return {
    ...(Object.keys(common).length > 0 && { common_http_protocol_options: common }),
    ...(codec === 'http3'
      ? {
          http3_protocol_options: {
            quic_protocol_options: { max_concurrent_streams: { value: MAX_CONCURRENT_STREAMS } },
          },
        }
      : {
          ...http1Options(options),
          http2_protocol_options: { max_concurrent_streams: { value: streams }, ...HTTP2_WINDOWS },
        }),
  };
}

function commonOptions({
  idleTimeoutMs,
  maxConnectionLifetimeMs: lifetimeMs,
  headersWithUnderscores: action,
}: HttpOptions): Common {
  return {
    ...(idleTimeoutMs !== undefined && { idle_timeout: duration(idleTimeoutMs) }),
    ...(lifetimeMs !== undefined && { max_connection_duration: duration(lifetimeMs) }),
    ...(action !== 'ALLOW' && { headers_with_underscores_action: action }),
  };
}

function http1Options(options: HttpOptions): HttpConnectionManager {
  const http1: Http1 = {
    ...(options.acceptHttp10 && { accept_http_10: true }),
    ...(options.allowChunkedLength && { allow_chunked_length: true }),
    ...(options.properCase && PROPER_CASE),
  };
  return Object.keys(http1).length > 0 ? { http_protocol_options: http1 } : {};
}

/** Names of headers as `Content-Type`. HTTP/2 knows lower case only. */
export const PROPER_CASE: Http1 = { header_key_format: { proper_case_words: {} } };
