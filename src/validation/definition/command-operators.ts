/**
 * Envoy’s command operators in header values (Envoy, "Access logging: command operators"), as Envoy 1.40 takes them in
 * `request_headers_to_add`: asked of the real one with `--mode validate`. A value that it does not take makes it refuse the whole
 * RouteConfiguration.
 */
const WITHOUT_ARGUMENT: ReadonlySet<string> = new Set(
  `ACCESS_LOG_TYPE BYTES_RECEIVED BYTES_SENT CONNECTION_ID CONNECTION_TERMINATION_DETAILS DOWNSTREAM_DIRECT_REMOTE_ADDRESS
  DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT DOWNSTREAM_DIRECT_REMOTE_PORT DOWNSTREAM_HANDSHAKE_DURATION
  DOWNSTREAM_LOCAL_ADDRESS DOWNSTREAM_LOCAL_ADDRESS_WITHOUT_PORT DOWNSTREAM_LOCAL_DNS_SAN DOWNSTREAM_LOCAL_PORT
  DOWNSTREAM_LOCAL_SUBJECT DOWNSTREAM_LOCAL_URI_SAN DOWNSTREAM_PEER_CERT DOWNSTREAM_PEER_CERT_V_END DOWNSTREAM_PEER_CERT_V_START
  DOWNSTREAM_PEER_DNS_SAN DOWNSTREAM_PEER_EMAIL_SAN DOWNSTREAM_PEER_FINGERPRINT_1 DOWNSTREAM_PEER_FINGERPRINT_256
  DOWNSTREAM_PEER_ISSUER DOWNSTREAM_PEER_SERIAL DOWNSTREAM_PEER_SUBJECT DOWNSTREAM_PEER_URI_SAN DOWNSTREAM_REMOTE_ADDRESS
  DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT DOWNSTREAM_REMOTE_PORT DOWNSTREAM_TLS_CIPHER DOWNSTREAM_TLS_SESSION_ID
  DOWNSTREAM_TLS_VERSION DOWNSTREAM_TRANSPORT_FAILURE_REASON DURATION EMIT_TIME FILTER_CHAIN_NAME HOSTNAME PROTOCOL
  REQUESTED_SERVER_NAME REQUEST_DURATION REQUEST_TX_DURATION RESPONSE_CODE RESPONSE_CODE_DETAILS RESPONSE_DURATION RESPONSE_FLAGS
  RESPONSE_FLAGS_LONG RESPONSE_TX_DURATION ROUTE_NAME START_TIME START_TIME_LOCAL STREAM_ID TRACE_ID UNIQUE_ID UPSTREAM_CLUSTER
  UPSTREAM_CLUSTER_RAW UPSTREAM_CONNECTION_ID UPSTREAM_HOST UPSTREAM_HOST_NAME UPSTREAM_LOCAL_ADDRESS
  UPSTREAM_LOCAL_ADDRESS_WITHOUT_PORT UPSTREAM_LOCAL_PORT UPSTREAM_PEER_CERT UPSTREAM_PEER_DNS_SAN UPSTREAM_PEER_ISSUER
  UPSTREAM_PEER_SUBJECT UPSTREAM_PEER_URI_SAN UPSTREAM_PROTOCOL UPSTREAM_REMOTE_ADDRESS UPSTREAM_REMOTE_ADDRESS_WITHOUT_PORT
  UPSTREAM_REMOTE_PORT UPSTREAM_REQUEST_ATTEMPT_COUNT UPSTREAM_TLS_CIPHER UPSTREAM_TLS_SESSION_ID UPSTREAM_TLS_VERSION
  UPSTREAM_TRANSPORT_FAILURE_REASON VIRTUAL_CLUSTER_NAME`.split(/\s+/),
);
const HEADER = /^:?[\w-]+(\?:?[\w-]+)?$/;
const WITH_ARGUMENT: Readonly<Record<string, RegExp>> = {
  REQ: HEADER,
  RESP: HEADER,
  TRAILER: HEADER,
  QUERY_PARAM: /^[\w.-]+$/,
  ENVIRONMENT: /^\w+$/,
  START_TIME: /^[^)]+$/,
  DYNAMIC_METADATA: /^[\w.-]+(:[\w.-]+)*$/,
  CLUSTER_METADATA: /^[\w.-]+(:[\w.-]+)*$/,
  FILTER_STATE: /^[\w.-]+$/,
};

/** Those that Envoy does not cut to a length. */
const WITHOUT_LENGTH: ReadonlySet<string> = new Set(['START_TIME', 'CLUSTER_METADATA']);

/** Literal text, `%%`, or `%NAME%`, `%NAME(argument)%`, `%NAME(argument):length%`. */
const PIECE = /%%|%(?<name>[A-Z0-9_]+)(?:\((?<argument>[^)]*)\)(?<length>:\d{1,9})?)?%|[^%]+/y;

/** What Envoy would not take in a header value; undefined if it takes it. */
export function commandProblem(value: string): string | undefined {
  if (!value.includes('%')) return undefined;
  PIECE.lastIndex = 0;
  while (PIECE.lastIndex < value.length) {
    const at = PIECE.lastIndex;
    const match = PIECE.exec(value);
    if (match === null) return `the % at position ${at + 1} begins no command operator; write %% for a percent sign`;
    const { name, argument, length } = match.groups ?? {};
    if (name === undefined) continue;
    const known = argument === undefined ? WITHOUT_ARGUMENT.has(name) : WITH_ARGUMENT[name]?.test(argument) === true;
    if (known && length !== undefined && WITHOUT_LENGTH.has(name)) return `%${name}(…)% takes no length`;
    if (!known) return `%${name}${argument === undefined ? '' : '(…)'}% is no command operator that Envoy takes here`;
  }
  return undefined;
}
