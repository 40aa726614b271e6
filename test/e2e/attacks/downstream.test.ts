import type { CertificateAuthority, IssuedCertificate } from '../../../src/cli/demo/pki';
import { type ClientRequest, answerTo, send } from '../../support/client';
import { Closing } from '../../support/closing';
import { ConfigDirectory } from '../../support/config-directory';
import { connectedEnvoy } from '../../support/connected-envoy';
import { ControlPlane } from '../../support/control-plane';
import { host, keyPair, listener, mapping, secret } from '../../support/definitions';
import type { Envoy } from '../../support/envoy';
import { issueLeaf, rootCa } from '../../support/issuance';
import { freePort } from '../../support/port';
import { type Sighting, Upstream } from '../../support/upstream';

// Ways around a Host that demands client certificates, each of which works with Ambassador. Every Host leads to the same upstream, so
// that whatever arrives there has got through. Of Hosts that are broken: broken-host.test.ts.

const closing = new Closing();
const ports = { SECURE: 0, XFP: 0, 'XFP behind a proxy': 0, 'cleartext XFP': 0 };
const CLAIMS = { 'x-forwarded-proto': 'https', 'x-forwarded-for': '10.0.0.1', forwarded: 'proto=https' };

let ca: CertificateAuthority;
let upstream: Upstream;
let plane: ControlPlane;
let envoy: Envoy;
const clients: Record<string, IssuedCertificate> = {};

beforeAll(async () => {
  ca = await rootCa();
  const clientCa = await rootCa('clients CA');
  clients['alice'] = await issueLeaf(clientCa, { name: 'alice', uri: 'spiffe://clients/alice' });
  clients['of the servers'] = await issueLeaf(ca, { name: 'alice', uri: 'spiffe://clients/alice' });
  clients['self-made'] = await issueLeaf(await rootCa('my own CA'), { name: 'alice' });
  upstream = closing.keep(await Upstream.start());
  for (const name of Object.keys(ports)) ports[name as keyof typeof ports] = await freePort();
  const terminating = (name: string, hostname: string, spec: object = {}) =>
    host(name, { hostname, tlsSecret: { name: 'server' }, ...spec });
  const withClients = { tls: { ca_secret: 'clients-ca', cert_required: true } };
  const config = closing.keep(
    await ConfigDirectory.create({
      'all.yaml': [
        listener(ports.SECURE, { protocol: 'HTTPS', securityModel: 'SECURE' }),
        listener(ports.XFP, { protocol: 'HTTPS' }),
        listener(ports['XFP behind a proxy'], { protocol: 'HTTPS', l7Depth: 1 }),
        listener(ports['cleartext XFP']),
        keyPair('server', await issueLeaf(ca, { name: '*.wild.test' }), { ca: ca.certificatePem }),
        secret('clients-ca', { 'ca.crt': clientCa.certificatePem }),
        terminating('public', 'public.wild.test'),
        terminating('wild', '*.wild.test', { requestPolicy: { insecure: { action: 'Route' } } }),
        terminating('guarded', 'guarded.wild.test', withClients),
        terminating('unverifiable', 'unverifiable.wild.test', { tls: { cert_required: true } }),
        mapping('all', { prefix: '/', service: `http://127.0.0.1:${upstream.port}` }),
      ],
    }),
  );
  plane = closing.keep(await ControlPlane.start(config.path));
  envoy = closing.keep(await connectedEnvoy(plane.xdsPort));
  for (const port of Object.values(ports)) await envoy.admin.listening(port);
});
afterAll(() => closing.close());

function secure(serverName: string, client?: string, options: Partial<ClientRequest> = {}): ClientRequest {
  const certificate = client === undefined ? undefined : clients[client];
  const own = certificate && { cert: certificate.chainPem, key: certificate.privateKeyPem };
  return {
    port: ports.SECURE,
    authority: serverName,
    tls: { ca: ca.certificatePem, serverName, ...own },
    ...options,
  };
}

/** What becomes of a request that must not arrive at the upstream. */
async function withheld<T>(attack: () => Promise<T>): Promise<T> {
  const before = upstream.requests.length;
  const outcome = await attack();
  expect(upstream.requests).toHaveLength(before);
  return outcome;
}

test('without an attack, whoever has a certificate gets in', async () => {
  expect(await answerTo(secure('guarded.wild.test', 'alice'))).toMatchObject({ status: 200 });
  expect(await withheld(() => send(secure('guarded.wild.test')))).toHaveProperty('error');
});

test.each(['guarded.wild.test', 'public.wild.test', 'a.wild.test'])(
  'plaintext to a SECURE Listener: closed for %s',
  async (authority) => {
    const stat = `listener.0.0.0.0_${ports.SECURE}.no_filter_chain_match`;
    const before = (await envoy.admin.stat(stat)) ?? 0;
    const attack = () => send({ port: ports.SECURE, authority, headers: CLAIMS });
    expect(await withheld(attack)).toHaveProperty('error');
    expect(await envoy.admin.stat(stat)).toBeGreaterThan(before);
  },
);

describe('authority fronting', () => {
  test.each([
    ['public.wild.test', 'guarded.wild.test'],
    ['public.wild.test', 'a.wild.test'],
    ['public.wild.test', 'unknown.test'],
    ['a.wild.test', 'guarded.wild.test'],
    ['a.wild.test', 'GUARDED.wild.test'],
    ['a.wild.test', 'guarded.wild.test:443'],
    ['a.wild.test', 'guarded.wild.test.'],
    ['a.wild.test', 'unverifiable.wild.test'],
    ['a.wild.test', 'public.wild.test'],
  ])('the server name %s does not lead to the authority %s: 421', async (serverName, authority) => {
    const attack = () => answerTo({ ...secure(serverName), authority });
    expect(await withheld(attack)).toMatchObject({ status: 421 });
  });
});

describe.each(['XFP', 'XFP behind a proxy', 'cleartext XFP'] as const)('a forged X-Forwarded-Proto, %s', (name) => {
  test.each(['guarded.wild.test', 'GUARDED.wild.test', 'guarded.wild.test.', 'guarded.wild.test:443'])(
    'makes no plaintext secure: %s',
    async (authority) => {
      for (const headers of [CLAIMS, { 'x-forwarded-proto': 'https' }, { 'x-forwarded-proto': 'HTTPS' }]) {
        const { status } = await withheld(() => answerTo({ port: ports[name], authority, headers }));
        // Redirected to https, misdirected, or not found: never served.
        expect([301, 404, 421]).toContain(status);
      }
    },
  );

  test('is not believed by the upstream either', async () => {
    const { body, status } = await answerTo({ port: ports.XFP, authority: 'a.wild.test', headers: CLAIMS });
    expect(status).toBe(200);
    expect((JSON.parse(body) as Sighting).headers['x-forwarded-proto']).toBe('http');
  });
});

describe('cert_required without a CA', () => {
  test('is an error', () => {
    expect(plane.diagnostics).toContainEqual(
      expect.objectContaining({
        code: 'CS4003',
        severity: 'error',
        subject: expect.objectContaining({ name: 'unverifiable' }) as unknown,
      }),
    );
  });

  // The Secret's ca.crt issued the server's certificate; it says nothing of clients.
  test.each([undefined, 'self-made', 'of the servers', 'alice'])(
    'lets nobody in, with certificate: %s',
    async (client) => {
      expect(await withheld(() => send(secure('unverifiable.wild.test', client)))).toHaveProperty('error');
    },
  );
});

test.each(['self-made', 'of the servers'])('a certificate of another CA does not pass: %s', async (client) => {
  expect(await withheld(() => send(secure('guarded.wild.test', client)))).toHaveProperty('error');
});

describe('a forged X-Forwarded-Client-Cert', () => {
  const headers = { 'x-forwarded-client-cert': 'Hash=00;URI=spiffe://clients/root' };

  test('does not get through where nobody is verified', async () => {
    const { body } = await answerTo(secure('public.wild.test', undefined, { headers }));
    expect((JSON.parse(body) as Sighting).headers).not.toHaveProperty('x-forwarded-client-cert');
  });

  test('is replaced by the truth where somebody is', async () => {
    const { body } = await answerTo(secure('guarded.wild.test', 'alice', { headers }));
    const xfcc = (JSON.parse(body) as Sighting).headers['x-forwarded-client-cert'];
    expect(xfcc).toContain('URI=spiffe://clients/alice');
    expect(xfcc).not.toContain('root');
  });
});
