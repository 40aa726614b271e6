import type { Definitions } from '../model/definitions';
import { type ModuleConfig, moduleConfig } from '../resolution/module';
import { type AccessLog, accessLog } from './access-log';
import { type HttpFilterOptions, httpFilterOptions } from './http-filter-options';

/** What the Module says of every HTTP connection manager (Ambassador, "The Ambassador Module"). */
export interface HttpOptions {
  /** The address of the connection is the client's, whatever X-Forwarded-For says. */
  readonly useRemoteAddress: boolean;
  /** The authority loses its port where that is the listener's. */
  readonly stripMatchingHostPort: boolean;
  readonly mergeSlashes: boolean;
  /** Paths with an escaped slash or backslash get 400. */
  readonly rejectEscapedSlashes: boolean;
  readonly headersWithUnderscores: 'ALLOW' | 'REJECT_REQUEST' | 'DROP_HEADER';
  /** Of a connection without requests; absent: Envoy's hour. */
  readonly idleTimeoutMs?: number;
  /** Of a connection in all; absent: without end. */
  readonly maxConnectionLifetimeMs?: number;
  readonly maxRequestHeadersKb?: number;
  readonly acceptHttp10: boolean;
  readonly allowChunkedLength: boolean;
  /** Names of HTTP/1.1 headers as `Content-Type`, else as `content-type`. */
  readonly properCase: boolean;
  readonly preserveExternalRequestId: boolean;
  /** Of the Server header; absent: `envoy`. */
  readonly serverName?: string;
  readonly suppressEnvoyHeaders: boolean;
  readonly accessLog: AccessLog;
  readonly filters: HttpFilterOptions;
}

const known = new WeakMap<ModuleConfig, HttpOptions>();

/** The options of a node group: the same object for as long as its Module is the same. */
export function httpOptions(definitions: Definitions): HttpOptions {
  const config = moduleConfig(definitions);
  let options = known.get(config);
  if (options === undefined) {
    options = build(config);
    known.set(config, options);
  }
  return options;
}

function build(config: ModuleConfig): HttpOptions {
  return {
    useRemoteAddress: config.use_remote_address ?? true,
    stripMatchingHostPort: config.strip_matching_host_port ?? false,
    mergeSlashes: config.merge_slashes ?? false,
    rejectEscapedSlashes: config.reject_requests_with_escaped_slashes ?? false,
    headersWithUnderscores: config.headers_with_underscores_action ?? 'ALLOW',
    ...(config.listener_idle_timeout_ms !== undefined && { idleTimeoutMs: config.listener_idle_timeout_ms }),
    ...(config.listener_max_connection_lifetime_ms !== undefined && {
      maxConnectionLifetimeMs: config.listener_max_connection_lifetime_ms,
    }),
    ...(config.max_request_headers_kb !== undefined && { maxRequestHeadersKb: config.max_request_headers_kb }),
    acceptHttp10: config.enable_http10 ?? false,
    allowChunkedLength: config.allow_chunked_length ?? false,
    properCase: config.proper_case ?? false,
    preserveExternalRequestId: config.preserve_external_request_id ?? false,
    ...(config.server_name !== undefined && { serverName: config.server_name }),
    suppressEnvoyHeaders: config.suppress_envoy_headers ?? false,
    accessLog: accessLog(config),
    filters: httpFilterOptions(config),
  };
}
