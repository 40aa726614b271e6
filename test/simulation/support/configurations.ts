import * as fc from 'fast-check';
import { fixtureSecret, text } from '../../support/decoded';

/** The definitions of one node group, each a text of its own. */
export type Configuration = readonly string[];

const HOSTNAMES = ['*', 'a.test', 'b.test', '*.a.test', '*.test', 'x.y.test', 'API.a.test', 'b.test:8443'];
const MAPPING_HOSTNAMES = [
  ...HOSTNAMES,
  ...Array.from({ length: 10 }, () => '*'),
  'c.test',
  '*a.test',
  'a.*',
  'deep.x.a.test',
];
const PREFIXES = ['/', '/a', '/a/', '/a/b', '/A/B/', '/api/v1/', '/api', '/x%20y/', '/dir/file.txt', '/a//b', '/~u/'];
const PATTERNS = ['/a/[0-9]+', '/(a|b)/.*', '/[A-Z]+', '.*', '/a.?', '/api/v[0-9]+/.*', '(?i)/a/.*', '/x/(?:y|z)*'];
const PATHS = ['/', '/new', '/new/', '', '/a', '/n?q=1'];
const SUBSTITUTIONS = [
  { pattern: '/a/(.*)', substitution: '/r/\\1' },
  { pattern: '[0-9]', substitution: 'N' },
  { pattern: 'a*', substitution: '-' },
  { pattern: '/(\\w+)/(\\w+)', substitution: '/\\2/\\1\\\\' },
  { pattern: '^/', substitution: '/root/' },
  { pattern: 'b|$', substitution: '[\\0]' },
];
const SERVICES = ['up', 'up:8080', 'other', '127.0.0.1', 'https://up', 'https://up:8443', 'https://10.0.0.1'];
const METHODS = ['GET', 'POST', 'PUT|PATCH', 'HEAD', 'OPTIONS', 'DELETE', 'get'];
const HEADERS: Readonly<Record<string, readonly string[]>> = {
  'x-one': ['1', 'a,b', ''],
  'X-Two': ['two', 'Two'],
  'user-agent': ['robot'],
  'x-forwarded-proto': ['https', 'http'],
  cookie: ['a=1; b=2'],
};
const HEADER_PATTERNS = ['[0-9]+', 'a.*', '.*', '(?i)two', '1|2', ''];
const PARAMETERS: Readonly<Record<string, readonly string[]>> = {
  q: ['1', '', 'a b', '%41'],
  debug: ['true'],
  'q.x': ['='],
};
const SECRETS = [
  'server-ec',
  'server-rsa',
  'ca',
  'ca2',
  'client-ec',
  'client-ec-with-ca',
  'client-of-ca2',
  'client-rsa',
];
const CONTEXTS = ['one', 'two', 'three'];

const choose = <T>(values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values);
/** One time in thirty the last. */
const mostly = (values: readonly string[], seldom: string): fc.Arbitrary<string> =>
  fc.oneof({ arbitrary: choose(values), weight: 29 }, { arbitrary: fc.constant(seldom), weight: 1 });
/** Most of the fields of a definition are absent. */
const sometimes = <T>(value: fc.Arbitrary<T>, weight = 1, absent = 3): fc.Arbitrary<T | undefined> =>
  fc.oneof({ arbitrary: value, weight }, { arbitrary: fc.constant(undefined), weight: absent });
const record = (model: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<object> => fc.record(model).map(defined);

const pairs = (values: Readonly<Record<string, readonly string[]>>) =>
  fc
    .uniqueArray(choose(Object.keys(values)), { minLength: 1, maxLength: 2 })
    .chain((names) => fc.record(Object.fromEntries(names.map((name) => [name, choose(values[name] ?? [])]))));
const patterns = (names: readonly string[]) =>
  fc.dictionary(choose(names), choose(HEADER_PATTERNS), { minKeys: 1, maxKeys: 1 });

const subjectAltNames = choose([
  [{ type: 'uri', prefix: 'spiffe://example.com/' }],
  [{ exact: 'EDGE.example.com' }],
  [{ type: 'dns', suffix: '.example.com' }],
  [
    { type: 'dns', exact: 'other.example.com' },
    { type: 'uri', regex: 'spiffe://.*/sa/edge' },
  ],
  [{ type: 'dns', exact: 'a.example.com' }],
]);

const tlsFields = {
  ca_secret: sometimes(mostly(['ca', 'ca', 'ca2'], 'missing'), 3, 1),
  min_tls_version: sometimes(choose(['v1.0', 'v1.2', 'v1.3']), 1, 4),
  max_tls_version: sometimes(choose(['v1.1', 'v1.2', 'v1.3']), 1, 4),
};

const hostSpec = record({
  hostname: choose(HOSTNAMES),
  tlsSecret: sometimes(fc.record({ name: mostly(['server-ec', 'server-rsa'], 'missing') }), 3, 1),
  tls: sometimes(
    record({
      ...tlsFields,
      cert_required: sometimes(fc.boolean(), 1, 1),
      verify: sometimes(record({ subject_alt_names: subjectAltNames })),
    }),
    1,
    1,
  ),
  requestPolicy: sometimes(
    choose(['Redirect', 'Route', 'Route', 'Route', 'Reject']).map((action) => ({ insecure: { action } })),
    3,
    1,
  ),
  mappingSelector: sometimes(fc.constant({ matchLabels: { team: 'blue' } }), 1, 6),
});

const match = fc.oneof(
  { arbitrary: record({ prefix: choose(PREFIXES), case_sensitive: sometimes(fc.boolean()) }), weight: 6 },
  {
    arbitrary: record({
      prefix: choose(PREFIXES),
      prefix_exact: fc.constant(true),
      case_sensitive: sometimes(fc.boolean()),
    }),
    weight: 2,
  },
  {
    arbitrary: record({
      prefix: choose(['/a', '/a/b', '/api', '/x%20y']),
      path_separated: fc.constant(true),
      case_sensitive: sometimes(fc.boolean()),
    }),
    weight: 1,
  },
  { arbitrary: record({ prefix: choose(PATTERNS), prefix_regex: fc.constant(true) }), weight: 2 },
);
const attachment = fc.oneof(
  { arbitrary: record({ hostname: choose(MAPPING_HOSTNAMES) }), weight: 8 },
  { arbitrary: fc.constant({ host: 'a\\.test(:\\d+)?|b.*', host_regex: true }), weight: 1 },
);
const redirect = record({
  host_redirect: fc.constant(true),
  service: choose(['www.test', 'https://www.test', 'http://www.test:8080', 'https://a.test:8443']),
  path_redirect: sometimes(choose(PATHS)),
  prefix_redirect: sometimes(choose(PATHS)),
  regex_redirect: sometimes(choose(SUBSTITUTIONS)),
  redirect_response_code: sometimes(choose([301, 302, 303, 307, 308])),
});
const forward = record({
  service: choose(SERVICES),
  tls: sometimes(mostly(CONTEXTS, 'missing')),
  rewrite: sometimes(choose(PATHS), 1, 1),
  regex_rewrite: sometimes(choose(SUBSTITUTIONS)),
  host_rewrite: sometimes(choose(['inner.test', 'inner.test:9'])),
  auto_host_rewrite: sometimes(fc.constant(true)),
  weight: sometimes(choose([0, 10, 30, 50, 100]), 1, 2),
  grpc: sometimes(fc.constant(true), 1, 8),
  allow_upgrade: sometimes(choose([['websocket'], ['WebSocket', 'spdy/3.1']]), 1, 4),
  cors: sometimes(
    choose([{ origins: ['https://o.test'], methods: ['GET'] }, { origins: ['*'] }, { origins: ['https://p.test'] }]),
    1,
    4,
  ),
  shadow: sometimes(fc.constant(true), 1, 12),
});

const mappingSpec = fc
  .tuple(
    match,
    attachment,
    fc.oneof({ arbitrary: forward, weight: 4 }, { arbitrary: redirect, weight: 1 }),
    record({
      method: sometimes(choose(METHODS), 1, 5),
      method_regex: sometimes(fc.boolean()),
      headers: sometimes(pairs(HEADERS), 1, 5),
      regex_headers: sometimes(patterns(['x-one', 'x-two', 'Host', 'x-forwarded-for']), 1, 6),
      query_parameters: sometimes(pairs(PARAMETERS), 1, 5),
      regex_query_parameters: sometimes(patterns(['q', 'debug']), 1, 6),
      precedence: sometimes(choose([-1, 1, 10]), 1, 6),
    }),
  )
  .map((parts): object => Object.assign({}, ...parts) as object);

/** Another Mapping with the same match, which takes a part of its requests. */
const twin = record({ service: choose(['canary', 'https://canary']), weight: choose([5, 20, 60, 100]) });

const listenerSpec = record({
  protocol: choose(['HTTP', 'HTTPS', 'HTTPS', 'HTTP', 'HTTPS', 'HTTPSPROXY', 'HTTPPROXY', 'TLS', 'TCP']),
  securityModel: choose(['XFP', 'XFP', 'SECURE', 'INSECURE']),
  l7Depth: sometimes(choose([0, 1, 2])),
  hostBinding: choose([
    { namespace: { from: 'ALL' } },
    { namespace: { from: 'ALL' } },
    { namespace: { from: 'ALL' } },
    { namespace: { from: 'ALL' } },
    { selector: { matchLabels: { door: 'public' } } },
  ]),
});

const tcpSpec = record({
  port: choose([8000, 8001, 9000]),
  host: sometimes(choose(['a.test', 'b.test', '*.a.test', 'x.y.test', 'tcp.test', '*']), 3, 1),
  service: choose(['tcp:1', 'tcp:2', 'https://tcp:3', 'other.tcp:4']),
  tls: sometimes(mostly(CONTEXTS, 'missing')),
  weight: sometimes(choose([0, 10, 50, 100])),
});

const contextSpec = record({
  hosts: fc.constant([]),
  secret: sometimes(mostly(['client-ec', 'client-rsa', 'client-ec-with-ca', 'client-of-ca2'], 'missing'), 4, 1),
  sni: sometimes(choose(['up.test', 'upstream-service']), 1, 1),
  ...tlsFields,
  verify: sometimes(
    choose([{ hostname: 'upstream-service' }, { subject_alt_names: [{ type: 'uri', prefix: 'spiffe://' }] }]),
  ),
});

const moduleSpec = record({
  strip_matching_host_port: sometimes(fc.boolean()),
  merge_slashes: sometimes(fc.boolean()),
  reject_requests_with_escaped_slashes: sometimes(fc.boolean()),
  use_remote_address: sometimes(fc.boolean()),
  preserve_external_request_id: sometimes(fc.boolean()),
  ip_deny: sometimes(choose([[{ remote: '198.51.100.0/24' }], [{ peer: '192.0.2.0/24' }, { remote: '10.0.0.2' }]])),
  liveness_probe: sometimes(choose([{ enabled: true }, { enabled: true, prefix: '/a' }])),
});

/** Definitions as people write them and some that nobody should, broken ones included: those are quarantined. */
export const configurations: fc.Arbitrary<Configuration> = fc
  .record({
    listeners: fc.array(listenerSpec, { minLength: 1, maxLength: 3 }),
    hosts: fc.array(fc.tuple(hostSpec, fc.boolean()), { minLength: 1, maxLength: 5 }),
    mappings: fc.array(fc.tuple(mappingSpec, fc.boolean(), sometimes(twin)), { minLength: 3, maxLength: 14 }),
    tcpMappings: fc.oneof(
      { arbitrary: fc.constant<object[]>([]), weight: 2 },
      { arbitrary: fc.array(tcpSpec, { minLength: 1, maxLength: 4 }), weight: 1 },
    ),
    contexts: fc.array(contextSpec, { minLength: 3, maxLength: 3 }),
    module: sometimes(moduleSpec, 1, 2),
  })
  .map(({ listeners, hosts, mappings, tcpMappings, contexts, module }) => [
    ...SECRETS.map((name) => fixtureSecret(name, name)),
    ...listeners.map((spec, index) => text('Listener', { port: 8000 + index, ...spec }, { name: `l${index}` })),
    ...hosts.map(([spec, isPublic], index) =>
      text('Host', spec, { name: `h${index}`, labels: isPublic ? { door: 'public' } : {} }),
    ),
    ...mappings.flatMap(([spec, isBlue, other], index) => {
      const labels = isBlue ? { team: 'blue' } : {};
      const first = text('Mapping', spec, { name: `m${index}`, labels });
      if (other === undefined) return [first];
      return [first, text('Mapping', { ...spec, ...other }, { name: `m${index}-canary`, labels })];
    }),
    ...tcpMappings.map((spec, index) => text('TCPMapping', spec, { name: `t${index}` })),
    ...contexts.map((spec, index) => text('TLSContext', spec, { name: CONTEXTS[index] ?? '' })),
    ...(module === undefined ? [] : [text('Module', { config: module }, { name: 'ambassador' })]),
  ]);

function defined(value: object): object {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined));
}
