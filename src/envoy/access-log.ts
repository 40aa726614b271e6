import { any, type EnvoyMessages, toStruct } from '../protos';
import { lazy } from './memo';

type AccessLog = EnvoyMessages['envoy.config.accesslog.v3.AccessLog'];

/** Envoy's command operators (docs, "Access logging"). As a Struct, every value is escaped: a client cannot forge a line. */
const CONNECTION_FORMAT = {
  time: '%START_TIME%',
  response_flags: '%RESPONSE_FLAGS%',
  connection_termination_details: '%CONNECTION_TERMINATION_DETAILS%',
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

const REQUEST_FORMAT = {
  ...CONNECTION_FORMAT,
  method: '%REQ(:METHOD)%',
  authority: '%REQ(:AUTHORITY)%',
  path: '%REQ(X-ENVOY-ORIGINAL-PATH?:PATH)%',
  protocol: '%PROTOCOL%',
  status: '%RESPONSE_CODE%',
  response_code_details: '%RESPONSE_CODE_DETAILS%',
};

/** One line of JSON per request on Envoy's standard output. */
export const requestLog = lazy(() => stdout(REQUEST_FORMAT));

/** One line of JSON per connection of a TCP proxy. */
export const connectionLog = lazy(() => stdout(CONNECTION_FORMAT));

function stdout(format: Readonly<Record<string, string>>): AccessLog {
  return {
    name: 'envoy.access_loggers.stdout',
    typed_config: any('envoy.extensions.access_loggers.stream.v3.StdoutAccessLog', {
      log_format: { json_format: toStruct(format) },
    }),
  };
}
