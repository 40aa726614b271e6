import type { CertificateAuthority } from '../../src/cli/demo/pki';
import { answerTo } from '../support/client';
import { Closing } from '../support/closing';
import { ConfigDirectory } from '../support/config-directory';
import { connectedEnvoy } from '../support/connected-envoy';
import { ControlPlane } from '../support/control-plane';
import { host, keyPair, listener, mapping, secret } from '../support/definitions';
import { eventually } from '../support/eventually';
import { Http3Client } from '../support/http3-client';
import { issueLeaf, rootCa } from '../support/issuance';
import { freePort } from '../support/port';
import { type Sighting, Upstream } from '../support/upstream';

// HTTP/3 on UDP beside HTTP/1.1 on TCP, on the same port number.

const closing = new Closing();
let port: number;
let ca: CertificateAuthority;
let upstream: Upstream;
let client: Http3Client;
let plane: ControlPlane;

beforeAll(async () => {
  ca = await rootCa();
  upstream = closing.keep(await Upstream.start());
  port = await freePort();
  const tls = { ca_secret: 'ca', cert_required: true };
  const config = closing.keep(
    await ConfigDirectory.create({
      'all.yaml': [
        keyPair('wild', await issueLeaf(ca, { name: '*.wild.test' })),
        keyPair('public', await issueLeaf(ca, { name: 'public.test', key: 'rsa' })),
        keyPair('guarded', await issueLeaf(ca, { name: 'guarded.wild.test' })),
        secret('ca', { 'ca.crt': ca.certificatePem }),
        listener(port, { protocol: 'HTTPS', securityModel: 'SECURE' }),
        named('http3', listener(port, { protocolStack: ['TLS', 'HTTP', 'UDP'], securityModel: 'SECURE' })),
        host('wild', { hostname: '*.wild.test', tlsSecret: { name: 'wild' }, tls: { alpn_protocols: 'h2,http/1.1' } }),
        host('public', { hostname: 'public.test', tlsSecret: { name: 'public' } }),
        host('guarded', { hostname: 'guarded.wild.test', tlsSecret: { name: 'guarded' }, tls }),
        host('alone', { hostname: 'alone.test', tlsSecret: { name: 'public' }, tls }),
        mapping('all', { prefix: '/', service: `http://127.0.0.1:${upstream.port}` }),
      ],
    }),
  );
  plane = closing.keep(await ControlPlane.start(config.path));
  const envoy = closing.keep(await connectedEnvoy(plane.xdsPort));
  await envoy.admin.listening(port);
  await eventually('Envoy takes QUIC', async () => {
    const { listener_statuses: added } = await envoy.admin.json<{ listener_statuses: { name: string }[] }>(
      '/listeners?format=json',
    );
    return added.find(({ name }) => name === `udp-0.0.0.0-${port}`);
  });
  client = closing.keep(
    await Http3Client.start({
      port,
      ca: ca.certificatePem,
      serverNames: ['a.wild.test', 'public.test', 'guarded.wild.test', 'alone.test'],
    }),
  );
});
afterAll(() => closing.close());

function named(name: string, definition: object): object {
  return { ...definition, metadata: { name } };
}

async function withheld<T>(run: () => Promise<T>): Promise<T> {
  const before = upstream.requests.length;
  const result = await run();
  expect(upstream.requests).toHaveLength(before);
  return result;
}

test.each(['a.wild.test', 'public.test'])('%s is served over HTTP/3, and over TCP', async (name) => {
  const answer = await client.send(name, name, '/hello');
  expect(answer).toMatchObject({ status: 200 });
  const seen = JSON.parse(answer.body) as Sighting;
  expect(seen).toMatchObject({ path: '/hello', headers: { 'x-forwarded-proto': 'https' } });
  const overTcp = await answerTo({ port, authority: name, tls: { ca: ca.certificatePem, serverName: name } });
  expect(overTcp).toMatchObject({ status: 200 });
});

test.each([
  ['a.wild.test', 'public.test'],
  ['a.wild.test', 'guarded.wild.test'],
  ['public.test', 'guarded.wild.test'],
])('the server name %s does not lead to the authority %s: 421', async (serverName, authority) => {
  expect(await withheld(() => client.send(serverName, authority))).toMatchObject({ status: 421 });
});

test.each(['guarded.wild.test', 'a.wild.test'])(
  'a Host that demands client certificates does not fall through to the wildcard: 421 for %s',
  async (authority) => {
    const answer = await withheld(() => client.send('guarded.wild.test', authority));
    expect(answer).toMatchObject({ status: 421 });
    expect(plane.diagnostics).toContainEqual(
      expect.objectContaining({ code: 'CS4017', subject: expect.objectContaining({ name: 'guarded' }) as unknown }),
    );
  },
);

test('a name without a chain gets no connection', async () => {
  expect(await withheld(() => client.send('alone.test'))).toMatchObject({ status: 503 });
});
