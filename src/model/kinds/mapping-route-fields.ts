import { Type } from '@sinclair/typebox';
import { type FieldNotes, oneOf, strictObject } from './kind-model';

/** RFC 9110 §5.1, with the leading colon of HTTP/2's pseudo-headers. */
export const HEADER_NAME = "^:?[A-Za-z0-9!#$%&'*+.^_`|~-]+$";
/** Nothing that would end the header line. */
const HEADER_VALUE = '^[^\\0\\r\\n]*$';
/** RFC 9110 §5.6.2: the characters of methods, of names of headers and of names of protocols. */
const TOKEN = "^[A-Za-z0-9!#$%&'*+.^_`|~-]+$";
/** `google.protobuf.Duration` as Envoy reads it in JSON. */
const SECONDS = '^[0-9]{1,9}(\\.[0-9]{1,9})?s$';

const MAX_UINT32 = 4_294_967_295;

export const count = (notes: FieldNotes, minimum = 0, maximum = MAX_UINT32) =>
  Type.Optional(Type.Integer({ minimum, maximum, ...notes }));

export const headerName = Type.String({ pattern: HEADER_NAME, description: 'a header name' });
export const headerValue = Type.String({ pattern: HEADER_VALUE, description: 'a header value on one line' });

/** A time as Envoy writes it, `1.5s`; it may be zero unless it must be positive. */
export function seconds(notes: FieldNotes, sign: 'any' | 'positive' = 'any') {
  const pattern = sign === 'any' ? SECONDS : `^(?!0+(\\.0+)?s$)${SECONDS.slice(1)}`;
  const description = `a time in seconds, such as \`1.5s\`: ${notes.description.charAt(0).toLowerCase()}${notes.description.slice(1)}`;
  return Type.String({ pattern, ...notes, description, 'x-fix': 'write it in seconds, such as 1.5s' });
}

export const addedHeaders = (notes: FieldNotes) =>
  Type.Optional(
    Type.Record(
      Type.String(),
      Type.Union([
        headerValue,
        strictObject({
          value: Type.String({
            pattern: HEADER_VALUE,
            description: 'A header value on one line; Envoy’s command operators such as `%PROTOCOL%` are filled in.',
            'x-envoy': '`header.value`',
          }),
          append: Type.Optional(
            Type.Boolean({
              description: 'Add to values already there instead of replacing them.',
              default: true,
              'x-envoy': '`append_action`',
            }),
          ),
        }),
      ]),
      { propertyNames: { pattern: HEADER_NAME, description: 'a header name' }, ...notes },
    ),
  );

export const removedHeaders = (notes: FieldNotes) => Type.Optional(Type.Array(headerName, { ...notes }));

/** What Mappings add to messages and remove from them, unless they say otherwise (Module, `defaults.httpmapping`). */
export const headerFields = {
  add_request_headers: addedHeaders({
    description:
      'Headers added to the request: `name: value`, or `name: {value, append}`. Those of the whole group are merged.',
    'x-envoy': '`route.request_headers_to_add`',
    'x-ambassador':
      'Where Mappings of a group set one header to different values, each keeps its own; there the last one wins.',
  }),
  add_response_headers: addedHeaders({
    description: 'Headers added to the response; otherwise as `add_request_headers`.',
    'x-envoy': '`route.response_headers_to_add`',
    'x-ambassador':
      'Where Mappings of a group set one header to different values, each keeps its own; there the last one wins.',
  }),
  remove_request_headers: removedHeaders({
    description: 'Headers removed from the request.',
    'x-envoy': '`route.request_headers_to_remove`',
  }),
  remove_response_headers: removedHeaders({
    description: 'Headers removed from the response.',
    'x-envoy': '`route.response_headers_to_remove`',
  }),
};

const names = (what: string, notes: FieldNotes) =>
  Type.Optional(Type.Array(Type.String({ pattern: TOKEN, description: what }), { ...notes }));

export const cors = strictObject(
  {
    origins: Type.Optional(
      Type.Array(
        Type.String({ pattern: '^[\\x21-\\x7e]+$', description: 'an origin such as https://www.example.com' }),
        {
          description: 'Origins whose pages may read the responses, compared exactly; `*` is every origin.',
          'x-envoy': '`CorsPolicy.allow_origin_string_match`',
        },
      ),
    ),
    methods: names('an HTTP method', {
      description: 'Methods that they may use.',
      'x-envoy': '`CorsPolicy.allow_methods`',
    }),
    headers: names('a header name', {
      description: 'Request headers that they may set.',
      'x-envoy': '`CorsPolicy.allow_headers`',
    }),
    exposed_headers: names('a header name', {
      description: 'Response headers that they may read.',
      'x-envoy': '`CorsPolicy.expose_headers`',
    }),
    credentials: Type.Optional(
      Type.Boolean({
        description: 'Whether their requests may carry cookies and the like.',
        default: false,
        'x-envoy': '`CorsPolicy.allow_credentials`',
      }),
    ),
    max_age: Type.Optional(
      Type.String({
        pattern: '^[0-9]{1,9}$',
        description: 'How long browsers may remember the answer to a preflight: text, in seconds.',
        'x-envoy': '`CorsPolicy.max_age`',
      }),
    ),
  },
  {
    description: 'Which pages of other origins may read the responses (Fetch standard, "CORS protocol").',
    'x-envoy': '`route.typed_per_filter_config` of the filter `envoy.filters.http.cors`',
  },
);

export const retryPolicy = strictObject(
  {
    retry_on: oneOf(
      ['5xx', 'gateway-error', 'connect-failure', 'retriable-4xx', 'refused-stream', 'retriable-status-codes'],
      'Which failures are retried.',
      { 'x-envoy': '`RetryPolicy.retry_on`' },
    ),
    num_retries: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 4_294_967_295,
        description: 'How often a request is tried again.',
        default: 1,
        'x-envoy': '`RetryPolicy.num_retries`',
      }),
    ),
    per_try_timeout: Type.Optional(
      seconds({
        description: 'Time for each try; `timeout_ms` bounds all of them together.',
        'x-envoy': '`RetryPolicy.per_try_timeout`',
      }),
    ),
  },
  { description: 'When a failed request is sent again.', 'x-envoy': '`route.retry_policy`' },
);

/** Lists of the protocols that a connection may be upgraded to. */
export const allowUpgrade = Type.Optional(
  Type.Array(Type.String({ pattern: "^[A-Za-z0-9!#$%&'*+.^_`|~/-]+$", description: 'the name of a protocol' }), {
    description:
      'Protocols that a client may upgrade the connection to, such as `websocket` or `spdy/3.1`, in any case.',
    'x-envoy': '`route.upgrade_configs`',
  }),
);
