import { Type } from '@sinclair/typebox';
import { type FieldNotes, oneOfIntegers, strictObject } from './kind-model';
import { HEADER_NAME, headerValue } from './mapping-route-fields';

export const boolean = (notes: FieldNotes) => Type.Optional(Type.Boolean({ default: false, ...notes }));
export const text = (notes: FieldNotes) => Type.Optional(Type.String({ ...notes }));

const headerMatches = (notes: FieldNotes) =>
  Type.Optional(
    Type.Record(Type.String(), headerValue, {
      propertyNames: { pattern: HEADER_NAME, description: 'a header name' },
      ...notes,
    }),
  );

const queryMatches = (notes: FieldNotes) =>
  Type.Optional(
    Type.Record(Type.String(), Type.String(), {
      // Envoy takes 1,024 bytes, and a character may be four.
      propertyNames: {
        minLength: 1,
        maxLength: 256,
        description: 'the name of a query parameter (1 to 256 characters)',
      },
      ...notes,
    }),
  );

/** Which requests a Mapping takes. */
export const matchFields = {
  prefix: Type.String({
    minLength: 1,
    description: 'Prefix that the path must have; see `prefix_exact` and `prefix_regex`.',
    'x-envoy': '`route.match.prefix`, `path` or `safe_regex`',
  }),
  prefix_exact: boolean({ description: '`prefix` is the whole path.', 'x-envoy': '`route.match.path`' }),
  prefix_regex: boolean({
    description: '`prefix` is a regular expression for the whole path (RE2 syntax); wins over `prefix_exact`.',
    'x-envoy': '`route.match.safe_regex`',
  }),
  path_separated: boolean({
    description:
      '`prefix` ends at a `/` of the path: `/foo` takes `/foo` and `/foo/bar` but not `/foobar`. `rewrite` is then empty unless given, and must not end in `/`.',
    'x-envoy': '`route.match.path_separated_prefix`',
    'x-ambassador': 'Addition: Ingress paths of type `Prefix` become it.',
  }),
  case_sensitive: boolean({
    description: 'Whether the case of the path matters. Means nothing with `prefix_regex`.',
    default: true,
    'x-envoy': '`route.match.case_sensitive`',
    'x-ambassador': 'The Mappings of a group must agree on it; there each has its own.',
  }),
  hostname: text({
    description:
      'Authority that requests must have; one `*` at its start or end is a wildcard. Also selects the Hosts that the Mapping belongs to. Below a wildcard Host it is compared with the whole authority: `a.example` does not take `a.example:8443`, unless the Module says `strip_matching_host_port`.',
    'x-envoy': '`route.match.headers` on `:authority`, port and all, where the Host’s own name does not say as much',
  }),
  host: text({
    description: 'The deprecated form of `hostname`: a full name, or with `host_regex` a regular expression.',
    'x-envoy': '`route.match.headers` on `:authority`',
  }),
  host_regex: boolean({
    description: '`host` is a regular expression; the Mapping then belongs to every Host.',
    'x-envoy': '`route.match.headers` on `:authority`',
  }),
  method: text({
    description: 'HTTP method that requests must have.',
    'x-envoy': '`route.match.headers` on `:method`',
  }),
  method_regex: boolean({
    description: '`method` is a regular expression.',
    'x-envoy': '`route.match.headers` on `:method`',
  }),
  headers: headerMatches({
    description:
      'Headers that requests must have, with exactly these values. `:authority` is another way to write `hostname`.',
    'x-envoy': '`route.match.headers`',
  }),
  regex_headers: headerMatches({
    description: 'Headers that requests must have, with values that match these regular expressions.',
    'x-envoy': '`route.match.headers`',
  }),
  query_parameters: queryMatches({
    description: 'Query parameters that requests must have, with exactly these values.',
    'x-envoy': '`route.match.query_parameters`',
  }),
  regex_query_parameters: queryMatches({
    description: 'Query parameters that requests must have, with values that match these regular expressions.',
    'x-envoy': '`route.match.query_parameters`',
  }),
  precedence: Type.Optional(
    Type.Integer({
      minimum: -2_147_483_648,
      maximum: 2_147_483_647,
      default: 0,
      description: 'Mappings with a higher one are tried earlier; where it is equal, the more specific ones.',
      'x-envoy': 'the order of the routes',
    }),
  ),
  weight: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 100,
      description:
        'Share of the requests among the Mappings of a group, those that match alike, in percent. Mappings without a weight divide what is left; where every Mapping has one and they make less than 100, the rest falls through to later routes. Of a `shadow`: how many requests are copied.',
      'x-envoy': '`route.match.runtime_fraction`',
      'x-ambassador':
        'Better: where Mappings of a group disagree on what they have in common, the one with the greatest share counts; there the first by name does, be it the canary, and the stable version is dropped.',
    }),
  ),
};

const regexMap = (notes: FieldNotes) =>
  Type.Optional(
    strictObject(
      {
        pattern: Type.String({
          minLength: 1,
          description: 'Regular expression in RE2 syntax.',
          'x-envoy': '`regex_rewrite.pattern`',
        }),
        substitution: Type.String({
          description: 'Replacement; `\\1` is the first group.',
          'x-envoy': '`regex_rewrite.substitution`',
        }),
      },
      { ...notes },
    ),
  );

/** What becomes of the path and the authority, in the request or in a redirect. */
export const rewriteFields = {
  rewrite: text({
    default: '/',
    description:
      'Replaces the matched prefix; empty leaves the path as it is, as does leaving it out with `prefix_regex`.',
    'x-envoy': '`route.route.prefix_rewrite`',
  }),
  regex_rewrite: regexMap({
    description: 'Rewrites the path by a regular expression; suppresses `rewrite`.',
    'x-envoy': '`route.route.regex_rewrite`',
    'x-ambassador': 'Better: each Mapping of a group has its own; there the last one’s applies to all.',
  }),
  host_rewrite: text({
    description: 'Authority sent to the upstream. It does not change the SNI.',
    'x-envoy': '`route.route.host_rewrite_literal`',
  }),
  auto_host_rewrite: boolean({
    description: "Send the upstream's DNS name as authority.",
    'x-envoy': '`route.route.auto_host_rewrite`',
  }),
  host_redirect: boolean({
    description: 'Redirect to the authority named by `service` instead of forwarding. One Mapping of a group may.',
    'x-envoy': '`route.redirect.host_redirect`',
  }),
  path_redirect: text({
    description: 'Path of the redirect. Used with `host_redirect`; wins over the other two.',
    'x-envoy': '`route.redirect.path_redirect`',
  }),
  prefix_redirect: text({
    description: 'Replaces the matched prefix in the redirect. Used with `host_redirect`; wins over `regex_redirect`.',
    'x-envoy': '`route.redirect.prefix_rewrite`',
  }),
  regex_redirect: regexMap({
    description: 'Rewrites the path of the redirect. Used with `host_redirect`.',
    'x-envoy': '`route.redirect.regex_rewrite`',
  }),
  redirect_response_code: Type.Optional(
    oneOfIntegers([301, 302, 303, 307, 308], 'Status of the redirect.', {
      default: 301,
      'x-envoy': '`route.redirect.response_code`',
    }),
  ),
};
