import type { AccessLog as Input } from '../ir/access-log';
import { any, type EnvoyMessages, toStruct } from '../protos';
import { lazy, memoised } from './memo';

type AccessLog = EnvoyMessages['envoy.config.accesslog.v3.AccessLog'];
type Format = EnvoyMessages['envoy.config.core.v3.SubstitutionFormatString'];

const STREAM = 'envoy.extensions.access_loggers.stream.v3';

/** Envoy's command operators (docs, "Access logging"). As a Struct, every value is escaped: a client cannot forge a line. */
const CONNECTION_FIELDS = {
  time: '%START_TIME%',
  response_flags: '%RESPONSE_FLAGS%',
  connection_termination_details: '%CONNECTION_TERMINATION_DETAILS%',
  downstream_transport_failure_reason: '%DOWNSTREAM_TRANSPORT_FAILURE_REASON%',
  upstream_transport_failure_reason: '%UPSTREAM_TRANSPORT_FAILURE_REASON%',
  upstream_cluster: '%UPSTREAM_CLUSTER%',
  upstream_host: '%UPSTREAM_HOST%',
  upstream_peer_subject: '%UPSTREAM_PEER_SUBJECT%',
  downstream_remote_address: '%DOWNSTREAM_REMOTE_ADDRESS%',
  downstream_sni: '%REQUESTED_SERVER_NAME%',
  downstream_tls_version: '%DOWNSTREAM_TLS_VERSION%',
  downstream_peer_subject: '%DOWNSTREAM_PEER_SUBJECT%',
  downstream_peer_uri_san: '%DOWNSTREAM_PEER_URI_SAN%',
  bytes_received: '%BYTES_RECEIVED%',
  bytes_sent: '%BYTES_SENT%',
  duration_ms: '%DURATION%',
};

const REQUEST_FIELDS = {
  ...CONNECTION_FIELDS,
  method: '%REQ(:METHOD)%',
  authority: '%REQ(:AUTHORITY)%',
  path: '%REQ(X-ENVOY-ORIGINAL-PATH?:PATH)%',
  protocol: '%PROTOCOL%',
  status: '%RESPONSE_CODE%',
  response_code_details: '%RESPONSE_CODE_DETAILS%',
};

/** Ambassador's line. */
const REQUEST_LINE =
  'ACCESS [%START_TIME%] "%REQ(:METHOD)% %REQ(X-ENVOY-ORIGINAL-PATH?:PATH)% %PROTOCOL%" %RESPONSE_CODE% %RESPONSE_FLAGS% ' +
  '%BYTES_RECEIVED% %BYTES_SENT% %DURATION% %RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)% "%REQ(X-FORWARDED-FOR)%" ' +
  '"%REQ(USER-AGENT)%" "%REQ(X-REQUEST-ID)%" "%REQ(:AUTHORITY)%" "%UPSTREAM_HOST%"';

/** One line per request, of text or JSON, on Envoy's standard output or error or in a file on its machine. */
export const requestLog = memoised(
  ({ output, format }: Input): AccessLog =>
    written(
      output,
      format.type === 'json'
        ? { json_format: toStruct(format.fields ?? REQUEST_FIELDS) }
        : { text_format_source: { inline_string: `${format.text ?? REQUEST_LINE}\n` } },
    ),
);

/** One line of JSON per connection of a TCP proxy. */
export const connectionLog = lazy(() => written('stdout', { json_format: toStruct(CONNECTION_FIELDS) }));

/** One line of JSON per connection whose handshake failed: no request ever tells of it. */
export function handshakeLog(output: Input['output']): AccessLog {
  return {
    ...written(output, { json_format: toStruct(CONNECTION_FIELDS) }),
    filter: {
      extension_filter: {
        name: 'envoy.access_loggers.extension_filters.cel',
        typed_config: any('envoy.extensions.access_loggers.filters.cel.v3.ExpressionFilter', {
          expression: 'connection.transport_failure_reason != ""',
        }),
      },
    },
  };
}

function written(output: Input['output'], log_format: Format): AccessLog {
  switch (output) {
    case 'stdout':
      return { name: 'envoy.access_loggers.stdout', typed_config: any(`${STREAM}.StdoutAccessLog`, { log_format }) };
    case 'stderr':
      return { name: 'envoy.access_loggers.stderr', typed_config: any(`${STREAM}.StderrAccessLog`, { log_format }) };
    default:
      return {
        name: 'envoy.access_loggers.file',
        typed_config: any('envoy.extensions.access_loggers.file.v3.FileAccessLog', { path: output.path, log_format }),
      };
  }
}
