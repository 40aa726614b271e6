import { Type } from '@sinclair/typebox';
import { strictObject } from './kind-model';

const HCM = 'http_connection_manager';

/** On or off; `envoy` is what it becomes in Envoy. */
export function flag(description: string, envoy: string, notes: { readonly 'x-ambassador'?: string } = {}) {
  return Type.Optional(Type.Boolean({ description, default: false, 'x-envoy': envoy, ...notes }));
}

/** A health check that Envoy itself answers. */
function probe(what: string, prefix: string) {
  return Type.Optional(
    strictObject(
      {
        enabled: Type.Optional(
          Type.Boolean({
            description: 'Whether Envoy answers the path.',
            default: false,
            'x-envoy': '`http_filters`: `health_check`',
            'x-ambassador': 'Better: nothing is exposed that was not asked for; Ambassador answers by default.',
          }),
        ),
        prefix: Type.Optional(
          Type.String({
            pattern: '^/[!-~]*$',
            description: 'a path that begins with /: the path that is answered',
            default: prefix,
            'x-envoy': '`health_check.headers`, `:path`',
            'x-ambassador': 'The whole path counts, without its query; in Ambassador it is a prefix.',
          }),
        ),
      },
      {
        description: `The ${what} probe on every Listener: 200, or 503 once \`/healthcheck/fail\` was posted to Envoy’s admin.`,
        'x-ambassador': 'Envoy answers, not a service; Countersign’s own health is on its admin port.',
      },
    ),
  );
}

/** Fields of the Module that become options of Envoy's HttpConnectionManager and of its Listeners. */
export const moduleHttpFields = {
  use_remote_address: Type.Optional(
    Type.Boolean({
      description:
        'Take the address of the connection for the client’s, rather than what X-Forwarded-For claims. Without it every client that reaches the Listener may claim any address and protocol.',
      default: true,
      'x-envoy': `\`${HCM}.use_remote_address\``,
    }),
  ),
  strip_matching_host_port: flag(
    "Remove the port from the authority where it equals the listener's.",
    `\`${HCM}.strip_matching_host_port\``,
  ),
  merge_slashes: flag('Take several slashes in a row for one.', `\`${HCM}.merge_slashes\``),
  reject_requests_with_escaped_slashes: flag(
    'Answer 400 to a path with %2F, %2f, %5C or %5c, which upstreams may read as a slash where routes did not.',
    `\`${HCM}.path_with_escaped_slashes_action\``,
  ),
  headers_with_underscores_action: Type.Optional(
    Type.Unsafe<'ALLOW' | 'REJECT_REQUEST' | 'DROP_HEADER'>({
      type: 'string',
      enum: ['ALLOW', 'REJECT_REQUEST', 'DROP_HEADER'],
      description: 'What becomes of headers with an underscore, which some upstreams take for a hyphen.',
      default: 'ALLOW',
      'x-envoy': `\`${HCM}.common_http_protocol_options.headers_with_underscores_action\``,
    }),
  ),
  listener_idle_timeout_ms: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 2_147_483_647,
      description: 'How long a connection from a client may be without a request. In milliseconds.',
      default: 3_600_000,
      'x-envoy': `\`${HCM}.common_http_protocol_options.idle_timeout\``,
    }),
  ),
  listener_max_connection_lifetime_ms: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 2_147_483_647,
      description:
        'How long a connection from a client may last in all; where it is not said, without end. In milliseconds. It is drained then: answers that are due are still given. A revocation or a change of a CA counts for new connections only, so this is how long a client may go on that is no longer let in. An addition of Countersign; `cluster_max_connection_lifetime_ms` does the same towards upstreams.',
      'x-envoy': `\`${HCM}.common_http_protocol_options.max_connection_duration\``,
    }),
  ),
  max_request_headers_kb: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 8192,
      description: 'Size of a request’s headers beyond which it is answered with 431. In KiB.',
      default: 60,
      'x-envoy': `\`${HCM}.max_request_headers_kb\``,
    }),
  ),
  enable_http10: flag(
    'Accept HTTP/1.0. A request still needs a Host header to find a Host.',
    `\`${HCM}.http_protocol_options.accept_http_10\``,
  ),
  allow_chunked_length: flag(
    'Accept messages with both Content-Length and Transfer-Encoding, and drop the former. With other proxies on the way this invites request smuggling.',
    `\`${HCM}.http_protocol_options.allow_chunked_length\``,
  ),
  proper_case: flag(
    'Write names of HTTP/1.1 headers as Content-Type rather than content-type, to clients and upstreams.',
    '`http_protocol_options.header_key_format.proper_case_words`, of Listeners and clusters',
  ),
  preserve_external_request_id: flag(
    'Keep the X-Request-Id of a request from outside instead of replacing it.',
    `\`${HCM}.preserve_external_request_id\``,
  ),
  server_name: Type.Optional(
    Type.String({
      pattern: '^[!-~]([ -~]*[!-~])?$',
      description: 'a header value: what the Server header of every response says',
      default: 'envoy',
      'x-envoy': `\`${HCM}.server_name\``,
    }),
  ),
  suppress_envoy_headers: flag(
    'Add no `x-envoy-` headers to requests and responses.',
    '`router.suppress_envoy_headers`',
  ),
  buffer_limit_bytes: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 4_294_967_295,
      description: 'What a connection may buffer before it is read no further. In bytes.',
      default: 32_768,
      'x-envoy': '`per_connection_buffer_limit_bytes`, of Listeners and clusters',
      'x-ambassador': 'Ambassador leaves it at Envoy’s 1 MiB.',
    }),
  ),
  envoy_log_type: Type.Optional(
    Type.Unsafe<'text' | 'json' | 'typed_json'>({
      type: 'string',
      enum: ['text', 'json', 'typed_json'],
      description: 'The form of the access log: lines of text, or of JSON; `typed_json` is another word for `json`.',
      default: 'json',
      'x-envoy': `\`${HCM}.access_log\``,
      'x-ambassador':
        'Ambassador’s default is `text`. JSON has more fields, those of client certificates among them, and escapes what clients say; numbers are numbers in it, as in Ambassador’s `typed_json`.',
    }),
  ),
  envoy_log_format: Type.Optional(
    Type.Union(
      [
        Type.String({ minLength: 1 }),
        Type.Record(Type.String(), Type.String(), {
          minProperties: 1,
          propertyNames: { minLength: 1, description: 'a field name' },
        }),
      ],
      {
        description:
          'What each line says, in Envoy’s command operators: one text for `text`, a mapping of fields to texts for `json`.',
        'x-envoy': '`access_log.log_format`',
      },
    ),
  ),
  envoy_log_path: Type.Optional(
    Type.String({
      pattern: '^/[!-~]+$',
      description: 'an absolute path: the file on Envoy’s machine that the access log is appended to',
      default: '/dev/fd/1',
      'x-envoy': '`access_log.path`',
    }),
  ),
  liveness_probe: probe('liveness', '/ambassador/v0/check_alive'),
  readiness_probe: probe('readiness', '/ambassador/v0/check_ready'),
  regex_max_size: Type.Optional(
    Type.Integer({
      minimum: 1,
      description:
        'How many instructions the program of a regular expression of a Mapping may have. More than 1,000 are never allowed.',
      default: 1000,
      'x-selects': 'Mappings that are quarantined (CS5002)',
      'x-ambassador':
        'Better: a Mapping whose expression is larger is quarantined alone. Ambassador’s default is 200, and one larger expression stops every update.',
    }),
  ),
};
