import { type ClientRequest, answerTo } from '../support/client';
import { Closing } from '../support/closing';
import { ConfigDirectory } from '../support/config-directory';
import { connectedEnvoy } from '../support/connected-envoy';
import { ControlPlane } from '../support/control-plane';
import { host, keyPair, listener, mapping, secret } from '../support/definitions';
import { issueLeaf, rootCa } from '../support/issuance';
import { freePort } from '../support/port';
import { type Sighting, Upstream } from '../support/upstream';

// Cleartext requests against each `requestPolicy.insecure.action`, on Listeners of the model XFP: without TLS, with it, and both also
// behind a proxy whose X-Forwarded-Proto counts.

const closing = new Closing();
const ports = { HTTP: 0, HTTPS: 0, 'HTTP behind a proxy': 0, 'HTTPS behind a proxy': 0, 'HTTP, SECURE': 0 };
const FORGED = { 'x-forwarded-proto': 'https', 'x-forwarded-for': '10.0.0.1', forwarded: 'proto=https' };
let upstream: Upstream;
let plane: ControlPlane;

beforeAll(async () => {
  const ca = await rootCa();
  upstream = closing.keep(await Upstream.start());
  for (const name of Object.keys(ports)) ports[name as keyof typeof ports] = await freePort();
  const terminating = (name: string, spec: object) =>
    host(name, { hostname: `${name}.test`, tlsSecret: { name: 'server' }, ...spec });
  const action = (word: string) => ({ requestPolicy: { insecure: { action: word } } });
  const tls = { ca_secret: 'ca', cert_required: true };
  const config = closing.keep(
    await ConfigDirectory.create({
      'all.yaml': [
        listener(ports.HTTP),
        listener(ports.HTTPS, { protocol: 'HTTPS' }),
        listener(ports['HTTP behind a proxy'], { l7Depth: 1 }),
        listener(ports['HTTPS behind a proxy'], { protocol: 'HTTPS', l7Depth: 1 }),
        listener(ports['HTTP, SECURE'], { securityModel: 'SECURE' }),
        keyPair('server', await issueLeaf(ca, { name: 'server.test' })),
        secret('ca', { 'ca.crt': ca.certificatePem }),
        terminating('default', {}),
        terminating('redirecting', action('Redirect')),
        terminating('routing', action('Route')),
        terminating('rejecting', action('Reject')),
        terminating('guarded', { tls }),
        terminating('guarded-routing', { tls, ...action('Route') }),
        host('wildcard', { hostname: '*.test', ...action('Route') }),
        mapping('all', { prefix: '/', service: `http://127.0.0.1:${upstream.port}` }),
        mapping('acme', { prefix: '/.well-known/acme-challenge/', service: `http://127.0.0.1:${upstream.port}` }),
      ],
    }),
  );
  plane = closing.keep(await ControlPlane.start(config.path));
  const envoy = closing.keep(await connectedEnvoy(plane.xdsPort));
  for (const port of Object.values(ports)) await envoy.admin.listening(port);
});
afterAll(() => closing.close());

/** Requests that do not reach the upstream. */
async function withheld(request: ClientRequest) {
  const before = upstream.requests.length;
  const answer = await answerTo(request);
  expect(upstream.requests).toHaveLength(before);
  return answer;
}

describe.each(['HTTP', 'HTTPS', 'HTTPS behind a proxy'] as const)(
  'cleartext on a Listener of protocol %s',
  (protocol) => {
    describe.each([
      ['as it is', {}],
      ['with a forged X-Forwarded-Proto', { 'x-forwarded-proto': 'https' }],
      ['with all that a proxy would say', FORGED],
    ])('%s', (_how, headers) => {
      const request = (authority: string, path = '/x?y=1') => ({ port: ports[protocol], authority, path, headers });

      test.each(['default.test', 'redirecting.test', 'guarded.test'])(
        'is redirected to https: %s',
        async (authority) => {
          const { status, headers: answered } = await withheld(request(authority));
          expect([status, answered.location]).toEqual([301, `https://${authority}/x?y=1`]);
        },
      );

      test('is routed where the Host says so, and the upstream is told that it was cleartext', async () => {
        const answer = await answerTo(request('routing.test'));
        expect(answer.status).toBe(200);
        if (!protocol.endsWith('proxy'))
          expect((JSON.parse(answer.body) as Sighting).headers).toMatchObject({ 'x-forwarded-proto': 'http' });
      });

      test.each(['rejecting.test', 'guarded-routing.test'])('finds no route: %s', async (authority) => {
        expect(await withheld(request(authority))).toMatchObject({ status: 404 });
      });

      test.each(['GUARDED.test', 'guarded.test.', 'guarded.test:443', 'guarded-routing.test:80'])(
        'does not slip past a Host by another spelling: %s',
        async (authority) => {
          const { status } = await withheld(request(authority));
          expect([301, 404, 421]).toContain(status);
        },
      );

      test.each(['default.test', 'rejecting.test'])('of an ACME challenge is answered: %s', async (authority) => {
        expect(await answerTo(request(authority, '/.well-known/acme-challenge/x'))).toMatchObject({ status: 200 });
      });
    });
  },
);

describe('behind a trusted proxy that says it was https', () => {
  const request = (authority: string, headers: Readonly<Record<string, string>> = FORGED) => ({
    port: ports['HTTP behind a proxy'],
    authority,
    headers,
  });

  test.each(['default.test', 'redirecting.test', 'rejecting.test', 'routing.test'])(
    '%s is served',
    async (authority) => {
      expect(await answerTo(request(authority))).toMatchObject({ status: 200 });
    },
  );

  test('without its word it is cleartext', async () => {
    expect(await withheld(request('default.test', {}))).toMatchObject({ status: 301 });
    expect(await withheld(request('rejecting.test', {}))).toMatchObject({ status: 404 });
  });

  test.each(['guarded.test', 'guarded-routing.test'])('its word is no client certificate: %s', async (authority) => {
    const { status } = await withheld(request(authority));
    expect([301, 404, 421]).toContain(status);
  });
});

describe('where the operator vouches for all that comes: SECURE without TLS', () => {
  const request = (authority: string) => ({ port: ports['HTTP, SECURE'], authority });

  test.each(['default.test', 'rejecting.test', 'anybody.test'])('%s is served', async (authority) => {
    expect(await answerTo(request(authority))).toMatchObject({ status: 200 });
  });

  test.each(['guarded.test', 'GUARDED.test', 'guarded.test.', 'guarded.test:80', 'guarded-routing.test'])(
    'that is no client certificate, and %s does not fall through to the wildcard: 421',
    async (authority) => {
      expect(await withheld(request(authority))).toMatchObject({ status: 421 });
    },
  );
});

test('routing cleartext around a demanded client certificate is told of', () => {
  expect(plane.diagnostics).toContainEqual(
    expect.objectContaining({
      code: 'CS4014',
      subject: expect.objectContaining({ name: 'guarded-routing' }) as unknown,
    }),
  );
});
