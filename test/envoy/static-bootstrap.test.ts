import { execFile } from 'node:child_process';
import { connect } from 'node:net';
import { getEnvoy } from '../../src/cli/envoy-binary';
import { staticBootstrap } from '../../src/envoy/static-bootstrap';
import type { Ir } from '../../src/ir/ir';
import { decode, encode, type JsonObject } from '../../src/protos';
import { answerTo, send } from '../support/client';
import { Envoy, validate } from '../support/envoy';
import { authority, type CertificateAuthority, type IssuedCertificate, VALIDITY } from '../support/pki';
import { freePort } from '../support/port';
import { type Sighting, Upstream } from '../support/upstream';
import { keyPair, trustBundle } from './key-pairs';
import { OPTIONS, aCluster, aListener, anIr, aRoute, downstreamTls, http, TOLD, upstreamTls } from './pieces';

const NAME = 'envoy.config.bootstrap.v3.Bootstrap';
const SPIFFE = 'spiffe://example/edge';

let ca: CertificateAuthority;
let edge: IssuedCertificate;
let client: IssuedCertificate;

beforeAll(async () => {
  ca = await authority();
  const issue = async (commonName: string, names: readonly { type: 'dns' | 'uri'; value: string }[]) =>
    await ca.issue({ commonName, subjectAltNames: names, ...VALIDITY });
  edge = await issue('edge', [
    { type: 'dns', value: 'edge.test' },
    { type: 'dns', value: 'open.test' },
    { type: 'uri', value: SPIFFE },
  ]);
  client = await issue('client', [{ type: 'dns', value: 'client.test' }]);
});

function bootstrap(ir: Ir, withKeys: boolean): JsonObject {
  return decode(NAME, encode(NAME, staticBootstrap(ir, { withKeys })), { revealKeys: withKeys }) as JsonObject;
}

/** `OK`, or what Envoy has against it. Jest's `process.env` is a copy, which child processes do not inherit. */
async function validateWith(env: Readonly<Record<string, string>>, document: JsonObject): Promise<string> {
  const args = ['--mode', 'validate', '--config-yaml', JSON.stringify(document), '--log-level', 'warning'];
  const envoy = await getEnvoy();
  return await new Promise((resolve) => {
    execFile(envoy, args, { env }, (error, stdout, stderr) => resolve(error === null ? 'OK' : `${stdout}${stderr}`));
  });
}

/** An edge with each shape of listener, chain, route, cluster and secret that there is. */
function edgeIr(port: number, upstreamPort: number): Ir {
  const verification = { trustedCa: 'default/ca/ca', subjectAltNames: [] };
  const san = { type: 'uri', match: 'exact', value: SPIFFE } as const;
  const upstream = {
    clientCertificate: 'default/edge',
    sni: 'edge.test',
    minVersion: 'v1.3',
    alpnProtocols: ['http/1.1'],
  } as const;
  const discovery = { type: 'static', address: '127.0.0.1', port: upstreamPort } as const;
  const clusters = [
    aCluster({ name: 'dns', settings: { connectTimeoutMs: 3000, http2: true } }),
    aCluster({ name: 'endpoints', discovery: { type: 'eds', serviceName: 'k8s/default/one/443' } }),
    aCluster({ name: 'system', tls: upstreamTls({ verification: { ...verification, trustedCa: 'system/ca' } }) }),
    aCluster({
      name: 'unverified',
      tls: upstreamTls({ cipherSuites: ['ECDHE-ECDSA-AES128-GCM-SHA256'], ecdhCurves: ['P-256'] }),
    }),
    aCluster({
      name: 'wrong-name',
      discovery,
      tls: upstreamTls({
        ...upstream,
        verification: { ...verification, subjectAltNames: [{ ...san, value: 'spiffe://example/other' }] },
      }),
    }),
    aCluster({
      name: 'right-name',
      discovery,
      tls: upstreamTls({ ...upstream, verification: { ...verification, subjectAltNames: [san] } }),
    }),
  ];
  const forward = (cluster: string) => ({ type: 'forward', cluster, timeoutMs: 5000 }) as const;
  const prefix = (value: string) => ({ path: { type: 'prefix', value, caseSensitive: false } }) as const;
  const routes = [
    aRoute(
      {
        ...forward('right-name'),
        rewrite: { type: 'prefix', value: '/' },
        hostRewrite: { type: 'literal', value: 'inner.test' },
      },
      prefix('/upstream/'),
    ),
    aRoute(
      { ...forward('right-name'), rewrite: { type: 'prefix', value: '/whole' } },
      { path: { type: 'exact', value: '/exact', caseSensitive: true } },
    ),
    aRoute(
      {
        ...forward('right-name'),
        rewrite: { type: 'regex', pattern: '^/v([0-9]+)/', substitution: '/version/\\1/' },
        hostRewrite: { type: 'auto' },
      },
      { path: { type: 'regex', value: '/v[0-9]+/.*' } },
    ),
    aRoute(forward('wrong-name'), prefix('/wrong-name')),
    ...['dns', 'endpoints', 'system', 'unverified'].map((name) =>
      aRoute(forward(name), { ...prefix(`/${name}`), percentage: 12.5 }),
    ),
    aRoute(
      { type: 'redirect', path: { type: 'regex', pattern: 'old', substitution: 'new' }, status: 308 },
      prefix('/old'),
    ),
    aRoute({ type: 'redirect', path: { type: 'prefix', value: '/x' }, status: 302 }, prefix('/y')),
    aRoute(
      { type: 'direct_response', status: 418, body: 'short\n' },
      {
        headers: [
          { name: 'x-kind', match: 'present', value: '' },
          { name: ':method', match: 'regex', value: 'GET|POST' },
        ],
        queryParameters: [{ name: 'q', match: 'suffix', value: 'z' }],
      },
      { responseHeaders: { add: [{ name: 'x-added', value: 'yes', append: false }], remove: ['server'] } },
    ),
  ];
  const chain = (serverName: string) =>
    ({ name: `https-${serverName}`, match: { transport: 'tls', serverNames: [serverName] } }) as const;
  const mutual = downstreamTls({
    verification,
    requireClientCertificate: true,
    minVersion: 'v1.2',
    alpnProtocols: ['h2', 'http/1.1'],
  });
  return anIr({
    listeners: [
      aListener(
        [
          {
            ...chain('edge.test'),
            tls: mutual,
            action: http('l/edge', routes, {
              forwardClientCertificate: TOLD,
              options: { ...OPTIONS, stripMatchingHostPort: true },
            }),
          },
          { ...chain('open.test'), tls: downstreamTls(), action: http('l/open', routes, { trustedHops: 1 }) },
          { ...chain('*.broken.test'), action: { type: 'blocked' } },
          {
            name: 'http',
            match: { transport: 'raw_buffer', serverNames: [] },
            action: http('l/http', [aRoute({ type: 'redirect', scheme: 'https', status: 301 })]),
          },
        ],
        { port },
      ),
      aListener(
        [{ name: 'http', match: { transport: 'raw_buffer', serverNames: [] }, action: http('p/http', routes) }],
        { name: 'proxied', port: 0, tlsInspector: false, proxyProtocol: true },
      ),
    ],
    clusters,
    endpoints: [{ name: 'k8s/default/one/443', endpoints: [{ address: '10.0.0.1', port: 443 }], origins: [] }],
    secrets: [
      { type: 'tls_certificate', name: 'default/edge', keyPair: keyPair(edge), origins: [] },
      { type: 'validation_context', name: 'default/ca/ca', trust: trustBundle(ca.certificatePem), origins: [] },
      { type: 'validation_context', name: 'system/ca', trust: 'system', origins: [] },
    ],
  });
}

test('Envoy accepts every shape, with the keys in it', async () => {
  const result = await validate(bootstrap(edgeIr(8443, 443), true));
  expect(result).toMatchObject({ ok: true });
});

test('without the keys, Envoy takes them from its environment', async () => {
  const document = bootstrap(edgeIr(8443, 443), false);
  expect(document).toMatchObject({
    static_resources: {
      secrets: [{ tls_certificate: { private_key: { environment_variable: 'COUNTERSIGN_KEY_DEFAULT_EDGE' } } }, {}, {}],
    },
  });
  expect(await validateWith({ COUNTERSIGN_KEY_DEFAULT_EDGE: edge.privateKeyPem }, document)).toBe('OK');
  expect(await validateWith({}, document)).toContain('private key');
});

test('secrets whose names differ in punctuation only get variables of their own', () => {
  const pair = keyPair(edge);
  const secrets = ['a/b-c', 'a/b.c'].map(
    (name) => ({ type: 'tls_certificate', name, keyPair: pair, origins: [] }) as const,
  );
  const sources = staticBootstrap(anIr({ secrets }), { withKeys: false }).static_resources?.secrets?.map(
    (secret) => secret.tls_certificate?.private_key?.environment_variable,
  );
  expect(sources).toEqual(['COUNTERSIGN_KEY_A_B_C', 'COUNTERSIGN_KEY_A_B_C_2']);
});

describe('a running Envoy', () => {
  let envoy: Envoy;
  let upstream: Upstream;
  let port: number;

  beforeAll(async () => {
    upstream = await Upstream.start({
      tls: { cert: edge.chainPem, key: edge.privateKeyPem, clientCa: ca.certificatePem, minVersion: 'TLSv1.3' },
    });
    port = await freePort();
    envoy = await Envoy.start(bootstrap(edgeIr(port, upstream.port), true));
    await envoy.admin.listening(port);
  });

  afterAll(async () => {
    await envoy?.stop();
    await upstream?.stop();
  });

  const trusting = () => ({ ca: ca.certificatePem });
  const mutual = () => ({ ...trusting(), cert: client.chainPem, key: client.privateKeyPem });
  const seen = (body: string) => JSON.parse(body) as Sighting;

  test('verifies both sides and tells the upstream who the client is', async () => {
    const answer = await answerTo({
      port,
      authority: 'edge.test',
      path: '/UPSTREAM/a?b',
      tls: mutual(),
      headers: { 'x-forwarded-client-cert': 'Subject="forged"' },
    });
    const { path, headers, tls } = seen(answer.body);
    expect(answer.status).toBe(200);
    expect(path).toBe('/a?b');
    expect(headers['host']).toBe('inner.test');
    expect(headers['x-forwarded-client-cert']).toMatch(
      /^By=spiffe:\/\/example\/edge;Hash=\w+;Cert="[^"]+";Subject="CN=client";URI=;DNS=client.test$/,
    );
    expect(tls).toMatchObject({ version: 'TLSv1.3', serverName: 'edge.test', client: { commonName: 'edge' } });
  });

  test.each([
    ['/exact', '/whole'],
    ['/v2/x', '/version/2/x'],
  ])('%s becomes %s', async (path, rewritten) => {
    const answer = await answerTo({
      port,
      authority: `edge.test:${String(port)}`,
      path,
      tls: { ...mutual(), serverName: 'edge.test' },
    });
    expect(seen(answer.body).path).toBe(rewritten);
  });

  test('refuses a client without a certificate where one is demanded', async () => {
    expect(await send({ port, authority: 'edge.test', path: '/exact', tls: trusting() })).toHaveProperty('error');
    expect(await send({ port, authority: 'open.test', path: '/exact', tls: trusting() })).toMatchObject({
      status: 200,
    });
  });

  test('strips what a client without a certificate claims to be', async () => {
    const answer = await answerTo({
      port,
      authority: 'open.test',
      path: '/exact',
      tls: trusting(),
      headers: { 'x-forwarded-client-cert': 'Subject="forged"' },
    });
    expect(seen(answer.body).headers).not.toHaveProperty('x-forwarded-client-cert');
  });

  test('does not speak to an upstream of another name', async () => {
    const before = upstream.requests.length;
    const answer = await answerTo({ port, authority: 'edge.test', path: '/wrong-name', tls: mutual() });
    expect(answer.status).toBe(503);
    expect(upstream.requests).toHaveLength(before);
  });

  test('answers and redirects by itself', async () => {
    const direct = await answerTo({
      port,
      authority: 'open.test',
      path: '/any?q=xyz',
      tls: trusting(),
      headers: { 'x-kind': 'a' },
    });
    expect(direct).toMatchObject({ status: 418, body: 'short\n', headers: { 'x-added': 'yes' } });
    const redirect = await answerTo({ port, authority: 'open.test', path: '/old/a', tls: trusting() });
    expect(redirect).toMatchObject({ status: 308, headers: { location: 'https://open.test/new/a' } });
    const cleartext = await answerTo({ port, authority: 'edge.test', path: '/a' });
    expect(cleartext).toMatchObject({ status: 301, headers: { location: 'https://edge.test/a' } });
  });

  test('closes at once what is blocked, be it TLS or not', async () => {
    expect(await send({ port, authority: 'a.broken.test', tls: trusting(), timeoutMs: 3000 })).toEqual({
      error: 'ECONNRESET',
    });
  });

  test('a chain without a name does not take in names of nobody', async () => {
    expect(await send({ port, authority: 'other.test', tls: trusting() })).toHaveProperty('error');
  });

  test('a connection that says nothing of TLS is no way in', async () => {
    const outcome = await new Promise<string>((resolve) => {
      const socket = connect(port, '127.0.0.1', () =>
        socket.write('GET / HTTP/1.1\r\nhost: edge.test\r\nconnection: close\r\n\r\n'),
      );
      socket.once('data', (data) => resolve(data.toString().split('\r\n')[0] ?? ''));
      socket.once('error', () => resolve('error'));
    });
    expect(outcome).toBe('HTTP/1.1 301 Moved Permanently');
  });
});
