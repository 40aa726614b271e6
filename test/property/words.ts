// Words for the fields of definitions: such as people write, and such as Envoy has been known to stumble over. The name of a field, or
// that of the field around it, picks the list.

export interface Words {
  readonly usual: readonly string[];
  readonly odd: readonly string[];
}

const LONG = 'x'.repeat(300);
const NAMES: Words = {
  usual: [
    'a',
    'a.example.com',
    'b.example.com',
    '*.example.com',
    'A.Example.COM',
    '*',
    'example.*',
    '*foo.com',
    'a.test:8443',
  ],
  odd: ['', '*.*', 'a b', 'é.com', '[::1]', '*.', '.example.com', 'a*b', 'a..b', '*.example.com:80', LONG],
};
const REGEXES: Words = {
  usual: ['.*', 'a|b', '/a/.*', '\\d+', '[a-z]{1,3}', '(?i)x', '(?P<n>x)', '\\Qa*\\E', '\\p{L}', '^x$', '\\x41'],
  odd: ['(', '[', '(?=x)', '(a)\\1', '\\x{10FFFF}', 'a{1001}', '(a{500}){500}', '\\', '\\p{Nope}', '*', '', LONG],
};
const HEADER_NAMES: Words = {
  usual: ['x-a', 'X-B', 'x_c', 'content-type', 'x-request-id'],
  odd: ['content-length', 'connection', ':authority', ':path', 'host', '', 'a b', 'x-é', 'x:', LONG],
};
const FORMATS: Words = {
  usual: ['v', '%REQ(x-a)%', '%%', '%PROTOCOL%', '%START_TIME%', 'a b', 'x=y; z'],
  odd: ['%', '%NOPE%', '%REQ(x', 'a\nb', '', 'é', '100%', '%REQ()%', '%START_TIME(%9z)%', LONG],
};
const SERVICES: Words = {
  usual: [
    'up',
    'https://up',
    'http://up:8080',
    'up.team:80',
    '127.0.0.1:9',
    '[::1]:443',
    'https://[::1]',
    'localhost',
    'UP',
    'a_b',
  ],
  odd: [
    'x:99999',
    'x:0',
    'ftp://x',
    '',
    'http://',
    'a b',
    'up/path',
    'é.test',
    'a..b',
    '-x',
    'x.',
    '999.1.1.1',
    LONG,
    'a:b:c',
  ],
};
const HEADER_VALUES: Words = { usual: ['v', 'a b', 'x=y'], odd: ['', 'é', 'a\nb', '%REQ(', LONG] };

const usual = (...words: readonly string[]): Words => ({ usual: words, odd: [] });

/** By the name of a field. Files must be there: nobody but Envoy can look. */
export const WORDS: Readonly<Record<string, Words>> = {
  service: SERVICES,
  auth_service: SERVICES,
  hostname: NAMES,
  host: { usual: NAMES.usual, odd: [...NAMES.odd, ...REGEXES.usual] },
  hosts: NAMES,
  prefix: {
    usual: ['/', '/a', '/a/', '/a/b', '/A', '/a.b'],
    odd: ['a', '', '/a b', '/%zz', '/{x}', '/a?b', '/a#b', '/é', '/a\nb', ...REGEXES.usual, ...REGEXES.odd],
  },
  rewrite: { usual: ['/', '', '/b', '/b/c'], odd: ['b', '/b c', 'a\nb', '/é', LONG] },
  path_redirect: { usual: ['/', '/b', '/b?c=d'], odd: ['b', '', 'a\nb', '/é'] },
  prefix_redirect: { usual: ['/', '/b'], odd: ['b', '', 'a\nb', '/é'] },
  host_rewrite: { usual: ['a.test', 'b.test:80'], odd: ['a b', 'é', '', 'a\r\nb', LONG] },
  path_prefix: { usual: ['/', '/auth', ''], odd: ['auth', 'a\nb', '/é'] },
  regex: REGEXES,
  pattern: REGEXES,
  substitution: { usual: ['/x', '\\0/y', ''], odd: ['\\1', '\\9', '\\', '$1', 'é', 'a\nb', '%'] },
  method: { usual: ['GET', 'POST'], odd: ['get', 'P.*', '', 'A B', '(', 'é'] },
  tls: { usual: ['good', 'server-only'], odd: ['missing', ''] },
  resolver: { usual: ['kubernetes-service', 'kubernetes-endpoint'], odd: ['missing', ''] },
  secret: {
    usual: ['client-ec', 'client-rsa', 'server-ec'],
    odd: ['ca', 'missing', 'client-ec.other', 'client-ec.default'],
  },
  ca_secret: { usual: ['ca', 'ca2'], odd: ['client-ec', 'missing', 'ca.other'] },
  crl_secret: { usual: ['crl', 'crl-of-ca2'], odd: ['missing', 'ca'] },
  cert_chain_file: usual('fixtures/pki/client-ec.crt'),
  private_key_file: usual('fixtures/pki/client-ec.key'),
  cacert_chain_file: usual('fixtures/pki/ca.crt'),
  crl_file: usual('./none.pem'),
  sds: {
    usual: ['unix:///run/socket', 'unix:///run/spire/agent.sock'],
    odd: ['/run/socket', 'unix://run/socket', 'unix:///run/a b', 'unix:///', 'unix:///run/é', `unix:///${LONG}`, ''],
  },
  trust_domain: {
    usual: ['cluster.local', 'example.org'],
    odd: ['spiffe://example.org', 'Example.org', '', 'é', LONG],
  },
  spiffe_id: { usual: ['spiffe://example.org/a'], odd: ['spiffe://example.org', 'x', '', 'spiffe://é/a', LONG] },
  id: { usual: ['spiffe://example.org/edge', 'default'], odd: ['edge', '', 'é', LONG] },
  sni: { usual: ['up.test', 'a.b.test'], odd: ['*', 'é', 'a b', '1.2.3.4', LONG] },
  alpn_protocols: { usual: ['h2,http/1.1', 'h2, http/1.1', 'istio'], odd: [',', '', LONG, 'é'] },
  cipher_suites: {
    usual: [
      'ECDHE-ECDSA-AES128-GCM-SHA256',
      'TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384',
      '[ECDHE-ECDSA-AES128-GCM-SHA256|ECDHE-ECDSA-CHACHA20-POLY1305]',
      'AES128-SHA',
    ],
    odd: ['NULL', 'TLS_AES_128_GCM_SHA256', 'ALL:!aNULL', '-ALL', ''],
  },
  ecdh_curves: { usual: ['X25519', 'P-256', 'X25519MLKEM768'], odd: ['x25519', 'P-224', 'X25519:P-256', ''] },
  exact: { usual: ['up.test', 'spiffe://td/ns/a/sa/b', '10.0.0.1', '2001:db8::1'], odd: ['é', '', '10.0.0', LONG] },
  suffix: { usual: ['.example.com'], odd: ['', 'é'] },
  name: { usual: ['client-ec', 'server-ec', 'x_a'], odd: ['good', 'missing', 'a b', '', 'é'] },
  namespace: { usual: ['default'], odd: ['other', ''] },
  address: { usual: ['127.0.0.1', '0.0.0.0'], odd: ['::1', 'localhost', '', '999.0.0.1'] },
  labels: usual('a', 'b'),
  matchLabels: usual('a', 'b'),
  ambassador_id: usual('default'),
  headers: HEADER_VALUES,
  query_parameters: { usual: ['v', 'a b'], odd: ['', 'é', 'a&b', LONG] },
  regex_headers: REGEXES,
  regex_query_parameters: REGEXES,
  add_request_headers: FORMATS,
  add_response_headers: FORMATS,
  value: FORMATS,
  remove_request_headers: HEADER_NAMES,
  remove_response_headers: HEADER_NAMES,
  allowed_request_headers: HEADER_NAMES,
  allowed_authorization_headers: HEADER_NAMES,
  header_name: HEADER_NAMES,
  header: HEADER_NAMES,
  header_case_overrides: HEADER_NAMES,
  origins: { usual: ['https://a.test', '*'], odd: ['a.test', '', 'é', 'a b'] },
  allow_upgrade: { usual: ['websocket'], odd: ['tcp', 'CONNECT', 'connect', 'h2c', '', 'a b', 'WebSocket'] },
  envoy_log_format: FORMATS,
  envoy_log_path: usual('/dev/stdout', '/dev/null'),
  server_name: { usual: ['envoy', 'a'], odd: ['', 'a b', 'a\nb', 'é'] },
  lua_scripts: { usual: ['function envoy_on_request(h) end'], odd: ['function (', '', 'x = = 1', 'return'] },
  peer: { usual: ['10.0.0.0/8', '127.0.0.1'], odd: ['10.0.0.0/99', 'x', '', '::1/128'] },
  remote: { usual: ['10.0.0.0/8', '127.0.0.1'], odd: ['10.0.0.0/99', 'x', '', '::1/128'] },
  path: { usual: ['/', '/a'], odd: ['a', '', 'a\nb', '/é'] },
  cookie: usual('c'),
  secretName: { usual: ['server-ec', 'client-rsa'], odd: ['missing', ''] },
  timeout: { usual: ['3s', '0.5s'], odd: ['x', '', '1', '-1s', '0s'] },
  interval: { usual: ['5s', '1.5s'], odd: ['x', '', '1', '-1s', '0s'] },
  methods: usual('GET', 'PATCH'),
  exposed_headers: HEADER_NAMES,
  max_age: { usual: ['60'], odd: ['', '-1', '1.5', 'x'] },
  tag_headers: HEADER_NAMES,
  ttl: { usual: ['60s', '1.5s'], odd: ['1m', 'x', '', '60', '-1s', '0s'] },
  per_try_timeout: { usual: ['1s', '0.25s'], odd: ['250ms', 'x', '', '1', '-1s', '0s'] },
};

/** Of a field that has none of its own. */
export const ANY_WORDS: Words = {
  usual: ['a', 'b.c', '/a', '1'],
  odd: ['', '%', 'é', 'a\nb', 'a b', '{{', '"\\', '\0', LONG],
};

/** Keys of maps, by the name of the map. */
export const KEYS: Readonly<Record<string, Words>> = {
  labels: usual('envoy', 'a'),
  matchLabels: usual('a', 'b'),
  query_parameters: { usual: ['a', 'b'], odd: ['', 'a b', 'é', LONG] },
  regex_query_parameters: { usual: ['a', 'b'], odd: ['', 'é', LONG] },
};

/** Of maps that have none of their own. */
export const ANY_KEYS: Words = HEADER_NAMES;
