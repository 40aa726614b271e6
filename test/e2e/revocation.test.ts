import type { CertificateAuthority, IssuedCertificate } from '../../src/cli/demo/pki';
import { type ClientRequest, answerTo, send } from '../support/client';
import { Closing } from '../support/closing';
import { ConfigDirectory } from '../support/config-directory';
import { connectedEnvoy } from '../support/connected-envoy';
import { ControlPlane } from '../support/control-plane';
import { host, keyPair, listener, mapping, secret, tlsContext } from '../support/definitions';
import type { Envoy } from '../support/envoy';
import { eventually } from '../support/eventually';
import { days, issueLeaf, NOW, rootCa } from '../support/issuance';
import { freePort } from '../support/port';
import { revocationList } from '../support/revocation';
import { Upstream } from '../support/upstream';

// Revoked certificates of clients and of upstreams, and lists that are of no use.

const closing = new Closing();
let port: number;
let ca: CertificateAuthority;
let server: IssuedCertificate;
let config: ConfigDirectory;
let plane: ControlPlane;
let envoy: Envoy;
const clients: Record<string, IssuedCertificate> = {};

beforeAll(async () => {
  ca = await rootCa();
  const other = await rootCa('another CA');
  server = await issueLeaf(ca, { name: 'server.test' });
  const revokedServer = await issueLeaf(ca, { name: 'revoked-server.test' });
  for (const name of ['good', 'revoked']) clients[name] = await issueLeaf(ca, { name });
  const upstreams = await Promise.all(
    [server, revokedServer].map(async ({ chainPem: cert, privateKeyPem: key }) =>
      closing.keep(await Upstream.start({ tls: { cert, key } })),
    ),
  );
  const plain = closing.keep(await Upstream.start());
  port = await freePort();
  const revoked = [clients['revoked']?.serial ?? '', revokedServer.serial];
  const terminating = (name: string, tls: object) =>
    host(name, { hostname: `${name}.test`, tlsSecret: { name: 'server' }, tls: { ca_secret: 'ca', ...tls } });
  const toUpstream = (name: string, index: number) => [
    mapping(name, {
      hostname: 'public.test',
      prefix: `/${name}/`,
      service: `127.0.0.1:${upstreams[index]?.port}`,
      tls: 'upstream',
    }),
  ];
  config = closing.keep(
    await ConfigDirectory.create({
      'secrets.yaml': [
        keyPair('server', server),
        secret('ca', { 'ca.crt': ca.certificatePem }),
        secret('stale', { 'crl.pem': await revocationList(ca, [], days(-20, -10)) }),
        secret('foreign', { 'crl.pem': await revocationList(other, [], NOW) }),
      ],
      'crl.yaml': [secret('crl', { 'crl.pem': await revocationList(ca, revoked, NOW) })],
      'all.yaml': [
        listener(port, { protocol: 'HTTPS', securityModel: 'SECURE' }),
        host('public', { hostname: 'public.test', tlsSecret: { name: 'server' } }),
        terminating('listed', { cert_required: true, crl_secret: 'crl' }),
        terminating('unlisted', { cert_required: true }),
        terminating('stale', { cert_required: true, crl_secret: 'stale' }),
        terminating('foreign', { cert_required: true, crl_secret: 'foreign' }),
        tlsContext('upstream', { ca_secret: 'ca', crl_secret: 'crl' }),
        ...toUpstream('good', 0),
        ...toUpstream('revoked', 1),
        mapping('plain', { prefix: '/', service: `http://127.0.0.1:${plain.port}` }),
      ],
    }),
  );
  plane = closing.keep(await ControlPlane.start(config.path));
  envoy = closing.keep(await connectedEnvoy(plane.xdsPort));
  await envoy.admin.listening(port);
});
afterAll(() => closing.close());

function request(name: string, client?: string, path = '/'): ClientRequest {
  const certificate = client === undefined ? undefined : clients[client];
  return {
    port,
    authority: `${name}.test`,
    path,
    tls: {
      ca: ca.certificatePem,
      serverName: `${name}.test`,
      anyName: true,
      ...(certificate !== undefined && { cert: certificate.chainPem, key: certificate.privateKeyPem }),
    },
  };
}

test('a revoked client is refused, and only where the list is', async () => {
  expect(await answerTo(request('listed', 'good'))).toMatchObject({ status: 200 });
  expect(await send(request('listed', 'revoked'))).toHaveProperty('error');
  expect(await answerTo(request('unlisted', 'revoked'))).toMatchObject({ status: 200 });
  expect(await envoy.admin.stat(`listener.0.0.0.0_${port}.ssl.fail_verify_error`)).toBe(1);
});

test('a revoked upstream is refused', async () => {
  expect(await answerTo(request('public', undefined, '/good/'))).toMatchObject({ status: 200 });
  expect(await answerTo(request('public', undefined, '/revoked/'))).toMatchObject({ status: 503 });
});

test.each([
  ['stale', 'CS2024'],
  ['foreign', 'CS4019'],
])('a list that is of no use closes its Host: %s', async (name, code) => {
  expect(plane.diagnostics).toContainEqual(expect.objectContaining({ code, severity: 'error' }));
  for (const client of ['good', 'revoked']) expect(await send(request(name, client))).toHaveProperty('error');
});

test('a new list counts for new connections, without another listener', async () => {
  const updates = await envoy.admin.stat('listener_manager.lds.update_success');
  await plane.change(async () => {
    const serials = Object.values(clients).map(({ serial }) => serial);
    await config.write('crl.yaml', [secret('crl', { 'crl.pem': await revocationList(ca, serials, NOW) })]);
  });
  await eventually('the client that was good is refused', async () => {
    const outcome = await send(request('listed', 'good'));
    return 'error' in outcome ? outcome : undefined;
  });
  expect(await answerTo(request('unlisted', 'good'))).toMatchObject({ status: 200 });
  expect(await envoy.admin.stat('listener_manager.lds.update_success')).toBe(updates);
});
