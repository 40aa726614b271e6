import { type Static, Type } from '@sinclair/typebox';
import { type Immutable, type KindModel, ambassadorId, oneOfIntegers, strictObject } from './kind-model';
import { labels } from './labels';
import { ignoredMappingFields, unsupportedMappingFields } from './mapping-unsupported';

const boolean = (description: string) => Type.Optional(Type.Boolean({ description }));
const text = (description: string) => Type.Optional(Type.String({ description }));
const milliseconds = (description: string, minimum = 0) =>
  Type.Optional(Type.Integer({ minimum, maximum: 2_147_483_647, description: `${description} In milliseconds.` }));

/** RFC 9110 §5.1, with the leading colon of HTTP/2's pseudo-headers. */
const HEADER_NAME = "^:?[A-Za-z0-9!#$%&'*+.^_`|~-]+$";
/** Nothing that would end the header line. */
const HEADER_VALUE = '^[^\\0\\r\\n]*$';

const headerName = Type.String({ pattern: HEADER_NAME, description: 'a header name' });
const headerValue = Type.String({ pattern: HEADER_VALUE, description: 'a header value on one line' });

const headerMatches = (description: string) =>
  Type.Optional(
    Type.Record(Type.String(), headerValue, {
      propertyNames: { pattern: HEADER_NAME, description: 'a header name' },
      description,
    }),
  );
const queryMatches = (description: string) =>
  Type.Optional(
    Type.Record(Type.String(), Type.String(), {
      // Envoy takes 1,024 bytes, and a character may be four.
      propertyNames: {
        minLength: 1,
        maxLength: 256,
        description: 'the name of a query parameter (1 to 256 characters)',
      },
      description,
    }),
  );

const addedHeaders = (description: string) =>
  Type.Optional(
    Type.Record(
      Type.String(),
      Type.Union([
        headerValue,
        strictObject({
          value: headerValue,
          append: Type.Optional(Type.Boolean({ description: 'Add to values already there; default true.' })),
        }),
      ]),
      { propertyNames: { pattern: HEADER_NAME, description: 'a header name' }, description },
    ),
  );
const removedHeaders = (description: string) => Type.Optional(Type.Array(headerName, { description }));

const regexMap = (description: string) =>
  Type.Optional(
    strictObject(
      {
        pattern: Type.String({ minLength: 1, description: 'Regular expression in RE2 syntax.' }),
        substitution: Type.String({ description: 'Replacement; `\\1` is the first group.' }),
      },
      { description },
    ),
  );

const schema = strictObject({
  ambassador_id: Type.Optional(ambassadorId),
  prefix: Type.String({
    minLength: 1,
    description: 'Path prefix that requests must have; see `prefix_exact`, `prefix_regex`.',
  }),
  prefix_exact: boolean('`prefix` is the whole path.'),
  prefix_regex: boolean('`prefix` is a regular expression for the whole path (RE2 syntax).'),
  path_separated: Type.Optional(
    Type.Boolean({
      default: false,
      description:
        '`prefix` ends at a `/` of the path: `/foo` takes `/foo` and `/foo/bar` but not `/foobar`. `rewrite` is then empty unless given, and must not end in `/`.',
      'x-envoy': 'route.match.path_separated_prefix',
      'x-ambassador': 'Addition: Ingress paths of type `Prefix` become it',
    }),
  ),
  case_sensitive: boolean('Whether the case of the path matters; default true.'),
  service: Type.String({ minLength: 1, description: 'Upstream: `[http://|https://]host[.namespace][:port]`.' }),
  hostname: text('Authority that requests must have; one `*` at its start or end is a wildcard. Also selects Hosts.'),
  host: text('Deprecated form of `hostname`: exact, or a regular expression with `host_regex`.'),
  host_regex: boolean('`host` is a regular expression.'),
  method: text('HTTP method that requests must have.'),
  method_regex: boolean('`method` is a regular expression.'),
  headers: headerMatches('Headers that requests must have, with exactly these values.'),
  regex_headers: headerMatches('Headers that requests must have, with values that match these regular expressions.'),
  query_parameters: queryMatches('Query parameters that requests must have, with exactly these values.'),
  regex_query_parameters: queryMatches('Query parameters that requests must have, as regular expressions.'),
  precedence: Type.Optional(
    Type.Integer({
      minimum: -2_147_483_648,
      maximum: 2_147_483_647,
      description: 'Higher is matched earlier; default 0.',
    }),
  ),
  weight: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 100,
      description: 'Share of requests among Mappings that match alike, in percent.',
    }),
  ),
  rewrite: text('Replaces the matched prefix; default `/`; empty leaves the path as it is.'),
  regex_rewrite: regexMap('Rewrites the path by a regular expression; suppresses `rewrite`.'),
  host_rewrite: text('Authority sent to the upstream.'),
  auto_host_rewrite: boolean("Send the upstream's DNS name as authority."),
  timeout_ms: milliseconds('Time for the whole response; default 3000; 0 disables.'),
  idle_timeout_ms: milliseconds('Time that a stream may be idle; 0 disables.'),
  connect_timeout_ms: milliseconds('Time to connect to the upstream; default 3000.', 1),
  tls: text('Name of the TLSContext that TLS to the upstream uses.'),
  resolver: text('Name of the resolver that finds the endpoints.'),
  grpc: boolean('Speak HTTP/2 to the upstream.'),
  host_redirect: boolean('Redirect to the authority named by `service` instead of forwarding.'),
  path_redirect: text('Path of the redirect. Used with `host_redirect`.'),
  prefix_redirect: text('Replaces the matched prefix in the redirect. Used with `host_redirect`.'),
  regex_redirect: regexMap('Rewrites the path of the redirect. Used with `host_redirect`.'),
  redirect_response_code: Type.Optional(
    oneOfIntegers([301, 302, 303, 307, 308], 'Status of the redirect; default 301.'),
  ),
  add_request_headers: addedHeaders('Headers added to the request.'),
  add_response_headers: addedHeaders('Headers added to the response.'),
  remove_request_headers: removedHeaders('Headers removed from the request.'),
  remove_response_headers: removedHeaders('Headers removed from the response.'),
  bypass_auth: Type.Optional(
    Type.Boolean({
      description: 'Let requests pass without asking the AuthService.',
      default: false,
      'x-envoy': 'ExtAuthzPerRoute.disabled',
    }),
  ),
  auth_context_extensions: Type.Optional(
    Type.Record(Type.String(), Type.String(), {
      description: 'What the AuthService is told of the Mapping. With `proto: grpc` only.',
      'x-envoy': 'CheckSettings.context_extensions',
    }),
  ),
  labels,
  stats_name: text("Name of the upstream in Envoy's statistics."),
});

/** `Mapping.spec`; see Ambassador's reference, "Configuring services" and "Advanced Mapping configuration". */
export type MappingSpec = Immutable<Static<typeof schema>>;

export const mapping = {
  about: 'Sends the requests that match to an upstream service.',
  group: 'getambassador.io',
  versions: ['v3alpha1', 'v2'],
  at: 'spec',
  schema,
  strict: true,
  unsupported: unsupportedMappingFields,
  ignored: ignoredMappingFields,
  deciding: [
    'ambassador_id',
    'prefix',
    'prefix_exact',
    'prefix_regex',
    'path_separated',
    'case_sensitive',
    'hostname',
    'host',
    'host_regex',
    'method',
    'method_regex',
    'headers',
    'regex_headers',
    'query_parameters',
    'regex_query_parameters',
    'precedence',
  ],
  placeholders: { service: '' },
} as const satisfies KindModel<typeof schema>;
