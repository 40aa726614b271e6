import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { CertificateAuthority, IssuedCertificate } from '../../src/cli/demo/pki';
import { Closing } from '../support/closing';
import { ConfigDirectory } from '../support/config-directory';
import { connectedEnvoy } from '../support/connected-envoy';
import { ControlPlane } from '../support/control-plane';
import { host, keyPair, listener, mapping, secret, tlsContext } from '../support/definitions';
import type { Envoy } from '../support/envoy';
import { eventually } from '../support/eventually';
import { answerTo } from '../support/client';
import { issueLeaf, rootCa } from '../support/issuance';
import { Load } from '../support/load';
import { freePort } from '../support/port';
import { SilentServer } from '../support/silent-server';
import { Upstream, type UpstreamTls } from '../support/upstream';

// `serve --rehearse`: a client certificate that the upstream refuses is not served, while everything else goes on.

/** Requests that must flow after each step. */
const PROOF = 6;

const closing = new Closing();
afterEach(() => closing.close());

interface Stage {
  readonly ca: CertificateAuthority;
  readonly strangers: CertificateAuthority;
  readonly port: number;
  readonly tls: UpstreamTls;
  readonly upstream: Upstream;
  readonly config: ConfigDirectory;
  readonly plane: ControlPlane;
  readonly envoy: Envoy;
  readonly present: (client: IssuedCertificate) => Promise<void>;
}

async function stage(mode: 'warn' | 'block', context: object = {}): Promise<Stage> {
  const [ca, strangers] = [await rootCa(), await rootCa('another CA')];
  const server = await issueLeaf(ca, { name: 'upstream.test' });
  const tls = { cert: server.chainPem, key: server.privateKeyPem, clientCa: ca.certificatePem };
  const upstream = closing.keep(await Upstream.start({ tls, keepAlive: false }));
  const port = await freePort();
  const config = closing.keep(
    await ConfigDirectory.create({
      'ca.yaml': [secret('ca', { 'ca.crt': ca.certificatePem })],
      'client.yaml': [keyPair('client', await issueLeaf(ca, { name: 'first' }))],
      'routes.yaml': [
        listener(port),
        host('plain', { hostname: 'plain.test', requestPolicy: { insecure: { action: 'Route' } } }),
        tlsContext('upstream', {
          secret: 'client',
          ca_secret: 'ca',
          verify: { hostname: 'upstream.test' },
          ...context,
        }),
        mapping('all', { prefix: '/', service: `127.0.0.1:${upstream.port}`, tls: 'upstream' }),
      ],
    }),
  );
  const plane = closing.keep(await ControlPlane.start(config.path, {}, { rehearse: { mode, retryMs: 100 } }));
  const envoy = closing.keep(await connectedEnvoy(plane.xdsPort));
  await envoy.admin.listening(port);
  await plane.admin.inStep('edge');
  const present = (client: IssuedCertificate) => config.write('client.yaml', [keyPair('client', client)]);
  return { ca, strangers, port, tls, upstream, config, plane, envoy, present };
}

const held = (plane: ControlPlane) =>
  plane.diagnostics.find(({ code, severity }) => code === 'CS6012' && severity === 'error');

test.each([
  ['TLS 1.2', {}],
  ['TLS 1.3', { max_tls_version: 'v1.3' }],
])(
  'block, %s: a client certificate of a wrong CA is held back, the right one goes through, no request fails',
  async (_name, context) => {
    const { ca, strangers, port, upstream, config, plane, envoy, present } = await stage('block', context);
    const load = Load.start({ port, authority: 'plain.test' }, 2);
    const second = await issueLeaf(ca, { name: 'second' });
    try {
      await load.outcomes(PROOF);
      await present(await issueLeaf(strangers, { name: 'stranger' }));
      const finding = await eventually('the Secret is held back', () => Promise.resolve(held(plane)));
      expect(finding.message).toMatch(
        /^Secret default\/client is held back: in a handshake with 127\.0\.0\.1:\d+ \(Mapping default\/all\), the upstream refuses us: /,
      );
      expect(finding.consequence).toMatch(/since/);
      await load.outcomes(PROOF);
      // Other objects go on.
      await config.write('more.yaml', [
        mapping('more', {
          prefix: '/more/',
          service: `127.0.0.1:${upstream.port}`,
          tls: 'upstream',
          add_request_headers: { 'x-more': 'yes' },
        }),
      ]);
      await eventually('another Mapping is served', async () => {
        const { body } = await answerTo({ port, authority: 'plain.test', path: '/more/' });
        return body.includes('x-more') || undefined;
      });
      await present(second);
      await envoy.admin.serving(second.serial);
      await plane.admin.finding('CS6012', false);
      await load.outcomes(PROOF);
    } finally {
      await load.stop();
    }
    expect(load.report).toMatchObject({ failed: 0, failures: {} });
    const names = new Set(upstream.requests.map(({ tls }) => tls?.client?.commonName));
    expect(names).toEqual(new Set(['first', 'second']));
  },
);

test('block: what is held back passes by itself when the upstream takes it', async () => {
  const { ca, strangers, port, tls, upstream, plane, envoy, present } = await stage('block');
  const stranger = await issueLeaf(strangers, { name: 'stranger' });
  const load = Load.start({ port, authority: 'plain.test' }, 2);
  try {
    await present(stranger);
    await plane.admin.finding('CS6012', true);
    await load.outcomes(PROOF);
    upstream.useTls({ ...tls, clientCa: ca.certificatePem + strangers.certificatePem });
    await envoy.admin.serving(stranger.serial);
    await plane.admin.finding('CS6012', false);
    await load.outcomes(PROOF);
  } finally {
    await load.stop();
  }
  expect(load.report).toMatchObject({ failed: 0, failures: {} });
});

test('block: a CA that does not verify the upstream is held back too', async () => {
  const { strangers, port, config, plane } = await stage('block');
  const load = Load.start({ port, authority: 'plain.test' }, 2);
  try {
    await config.write('ca.yaml', [secret('ca', { 'ca.crt': strangers.certificatePem })]);
    const finding = await eventually('the CA is held back', () => Promise.resolve(held(plane)));
    expect(finding.message).toMatch(
      /^Secret default\/ca is held back: .*we refuse the upstream: no certificate of the bundle/,
    );
    await load.outcomes(PROOF);
  } finally {
    await load.stop();
  }
  expect(load.report).toMatchObject({ failed: 0, failures: {} });
});

test('block: an upstream that cannot be reached from here holds nothing back', async () => {
  const { ca, upstream, plane, envoy, present } = await stage('block');
  await upstream.stop();
  const second = await issueLeaf(ca, { name: 'second' });
  await present(second);
  await envoy.admin.serving(second.serial);
  await plane.admin.finding('CS6011', true);
  expect(held(plane)).toBeUndefined();
});

test('block: an upstream that keeps silent delays a Secret by its connect timeout, and no longer', async () => {
  const silent = closing.keep(await SilentServer.start());
  const { ca, plane, config, envoy, present } = await stage('block');
  await config.write('more.yaml', [
    mapping('silent', {
      prefix: '/silent/',
      service: `127.0.0.1:${silent.port}`,
      tls: 'upstream',
      connect_timeout_ms: 300,
    }),
  ]);
  await plane.admin.finding('CS6011', true);
  const second = await issueLeaf(ca, { name: 'second' });
  await present(second);
  await envoy.admin.serving(second.serial);
  expect(held(plane)).toBeUndefined();
});

test('block, with a state: what came while no control plane ran is rehearsed against what was served before', async () => {
  const [ca, strangers] = [await rootCa(), await rootCa('another CA')];
  const { chainPem: cert, privateKeyPem: key } = await issueLeaf(ca, { name: 'upstream.test' });
  const upstream = closing.keep(
    await Upstream.start({ tls: { cert, key, clientCa: ca.certificatePem }, keepAlive: false }),
  );
  const first = await issueLeaf(ca, { name: 'first' });
  const config = closing.keep(
    await ConfigDirectory.create({
      'client.yaml': [keyPair('client', first, { ca: ca.certificatePem })],
      'routes.yaml': [
        listener(await freePort()),
        host('plain', { hostname: 'plain.test', requestPolicy: { insecure: { action: 'Route' } } }),
        tlsContext('upstream', { secret: 'client', verify: { hostname: 'upstream.test' } }),
        mapping('all', { prefix: '/', service: `127.0.0.1:${upstream.port}`, tls: 'upstream' }),
      ],
    }),
  );
  const own = closing.keep(await ConfigDirectory.create());
  await own.writeText('key', randomBytes(32).toString('hex'));
  const state = { folder: join(own.path, 'state'), keyFile: join(own.path, 'key') };
  const start = async () => await ControlPlane.start(config.path, {}, { rehearse: { mode: 'block' }, state });
  const served = ({ reports }: ControlPlane) =>
    new Set(
      reports.flatMap(({ compilation }) =>
        [...compilation.groups.values()].flatMap(({ ir }) =>
          ir.secrets.flatMap((each) =>
            each.type === 'tls_certificate' && 'certificates' in each.keyPair
              ? (each.keyPair.certificates[0]?.serial ?? [])
              : [],
          ),
        ),
      ),
    );
  await (await start()).stop();
  const unchanged = await start();
  expect(unchanged.diagnostics.filter(({ code }) => code === 'CS6012')).toEqual([]);
  await unchanged.stop();
  await config.write('client.yaml', [
    keyPair('client', await issueLeaf(strangers, { name: 'stranger' }), { ca: ca.certificatePem }),
  ]);
  const plane = closing.keep(await start());
  await eventually('the Secret is held back', () => Promise.resolve(held(plane)));
  expect(served(plane)).toEqual(new Set([first.serial]));
});

test('warn: what the upstream refuses is served, with a warning', async () => {
  const { strangers, ca, plane, envoy, present } = await stage('warn');
  const stranger = await issueLeaf(strangers, { name: 'stranger' });
  await present(stranger);
  await envoy.admin.serving(stranger.serial);
  await plane.admin.finding('CS6011', true);
  expect(plane.diagnostics).toContainEqual(
    expect.objectContaining({
      code: 'CS6011',
      severity: 'warning',
      subject: { kind: 'Secret', namespace: 'default', name: 'client' },
    }),
  );
  await present(await issueLeaf(ca, { name: 'second' }));
  await plane.admin.finding('CS6011', false);
});
