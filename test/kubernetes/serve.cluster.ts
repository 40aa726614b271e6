import type { IssuedCertificate } from '../../src/cli/demo/pki';
import { type ClientRequest, answerTo } from '../support/client';
import { Closing } from '../support/closing';
import { connectedEnvoy } from '../support/connected-envoy';
import { host, keyPair, listener, mapping, secret, tlsContext } from '../support/definitions';
import type { Envoy } from '../support/envoy';
import { eventually } from '../support/eventually';
import { issueLeaf, rootCa } from '../support/issuance';
import { Load } from '../support/load';
import { freePort } from '../support/port';
import { ServeProcess } from '../support/serve-process';
import { type Sighting, Upstream } from '../support/upstream';
import { Cluster } from './support/cluster';

// `serve --kubernetes` against a real kube-apiserver, with the rights of the ClusterRole that is shipped and no others; every fault comes
// while requests go through a real Envoy, and none may fail.

/** Requests that must flow across a change before it counts as survived. */
const PROOF = 20;

/** An API server that starts beside all this takes its time, and so do the pauses between tries. */
const PATIENCE_MS = 60_000;
/** How long the API server is away, in milliseconds. */
const OUTAGE_MS = Number(process.env['OUTAGE_SECONDS'] ?? 10) * 1000;

const closing = new Closing();
let cluster: Cluster;
let plane: ServeProcess;
let envoy: Envoy;
let load: Load;
let request: ClientRequest;
let ca: Awaited<ReturnType<typeof rootCa>>;
let upstream: Upstream;
let port: number;

beforeAll(async () => {
  cluster = closing.keep(await Cluster.start({ crds: false }));
  ca = await rootCa();
  const server = await issueLeaf(ca, { name: 'upstream.test' });
  const tls = { cert: server.chainPem, key: server.privateKeyPem, clientCa: ca.certificatePem };
  upstream = closing.keep(await Upstream.start({ tls, keepAlive: false }));
  port = await freePort();
  request = { port, authority: 'edge.test', tls: { ca: ca.certificatePem } };
  plane = closing.keep(
    await ServeProcess.start('--kubernetes', { args: ['--kubeconfig', cluster.limitedKubeconfig, '--strict'] }),
  );
}, 60_000);
afterAll(() => closing.close(), 60_000);

const pair = async (name: string, subject: string): Promise<[object, IssuedCertificate]> => {
  const leaf = await issueLeaf(ca, { name: subject });
  return [inDefault(keyPair(name, leaf)), leaf];
};
const inDefault = (object: object): object => {
  const { metadata, ...rest } = object as { readonly metadata: object };
  return { ...rest, metadata: { namespace: 'default', ...metadata } };
};

async function seen(): Promise<Sighting> {
  return JSON.parse((await answerTo(request)).body) as Sighting;
}

test('CRDs that are installed after the start are found', async () => {
  await plane.log.line('nothing is served', ({ msg }) => msg.startsWith('there is not one definition'), PATIENCE_MS);
  await cluster.installCrds();
  const [serverSecret] = await pair('edge', 'edge.test');
  const [clientSecret] = await pair('upstream-certs', 'edge');
  await cluster.apply(
    ...[
      listener(port, { protocol: 'HTTPS', securityModel: 'SECURE' }),
      host('edge', { hostname: 'edge.test', tlsSecret: { name: 'edge' } }),
      tlsContext('upstream-context', {
        secret: 'upstream-certs',
        ca_secret: 'ca',
        verify: { hostname: 'upstream.test' },
      }),
      mapping('upstream-mapping', {
        hostname: 'edge.test',
        prefix: '/',
        service: `https://127.0.0.1:${upstream.port}`,
        tls: 'upstream-context',
      }),
      secret('ca', { 'ca.crt': ca.certificatePem }),
      secret('unused', { 'server.key': 'nobody refers to it' }),
    ].map(inDefault),
    serverSecret,
    clientSecret,
  );
  envoy = closing.keep(await connectedEnvoy(plane.xdsPort));
  await envoy.admin.listening(port);
  await eventually(
    'all of it is there',
    async () => (await answerTo(request)).status === 200 || undefined,
    PATIENCE_MS,
  );
  expect((await seen()).tls?.client?.commonName).toBe('edge');
  load = Load.start(request, 2);
  closing.keep({ stop: async () => void (await load.stop()) });
});

test('a Secret that is rotated with kubectl reaches Envoy, and no Cluster or Listener changes', async () => {
  const types = async () => (await plane.admin.status()).groups[0]?.types;
  const before = await types();
  const [rotated, { serial }] = await pair('upstream-certs', 'edge');
  const began = performance.now();
  await cluster.apply(rotated);
  await envoy.admin.serving(serial, PATIENCE_MS);
  console.log(`kubectl apply to Envoy: ${Math.round(performance.now() - began)} ms, kubectl itself included`);
  await plane.admin.inStep('edge');
  const after = await types();
  expect(after?.['secrets']?.version).not.toBe(before?.['secrets']?.version);
  for (const type of ['clusters', 'listeners', 'routes']) expect(after?.[type]).toEqual(before?.[type]);
  await load.outcomes(PROOF);
});

test('a broken Secret is not taken, with the finding at the object', async () => {
  await cluster.apply(inDefault(secret('upstream-certs', { 'tls.crt': 'garbage', 'tls.key': 'garbage' })));
  await plane.admin.finding('CS2003', true, PATIENCE_MS);
  const { diagnostics } = await plane.admin.status();
  expect(diagnostics.find(({ code }) => code === 'CS2003')?.at).toMatch(
    /^kubernetes:default\/Secret\/upstream-certs:\d+/,
  );
  await load.outcomes(PROOF);
  const [healed, { serial }] = await pair('upstream-certs', 'edge');
  await cluster.apply(healed);
  await envoy.admin.serving(serial, PATIENCE_MS);
  await plane.admin.finding('CS2003', false, PATIENCE_MS);
});

test('a watch from a version that has been compacted: everything is listed again, and what came meanwhile is there', async () => {
  const before = plane.log.lines.length;
  plane.suspend();
  const [rotated, { serial }] = await pair('upstream-certs', 'edge');
  await cluster.apply(rotated);
  for (let count = 0; count < 5; count += 1)
    await cluster.kubectl('annotate', '--overwrite', 'mapping', 'upstream-mapping', `count=${count}`);
  await cluster.compact();
  await cluster.pause();
  await cluster.resume();
  plane.resume();
  await envoy.admin.serving(serial, PATIENCE_MS);
  await load.outcomes(PROOF);
  await plane.admin.finding('CS6010', false, PATIENCE_MS);
  const published = plane.log.lines.slice(before).filter(({ msg }) => msg === 'configuration published');
  expect(published.length).toBeGreaterThan(0);
});

test('rights that are withdrawn and given back: what was read stays, and what changed meanwhile is read then', async () => {
  await cluster.revoke();
  // The watches that are open go on: authorization is for requests. They end with the API server.
  await cluster.pause();
  await cluster.resume();
  await plane.admin.finding('CS6010', true, PATIENCE_MS);
  await cluster.kubectl('delete', 'mapping', 'upstream-mapping', '--wait=false');
  await load.outcomes(PROOF);
  await cluster.apply(
    inDefault(
      mapping('upstream-mapping', {
        hostname: 'edge.test',
        prefix: '/',
        service: `https://127.0.0.1:${upstream.port}`,
        tls: 'upstream-context',
        add_request_headers: { 'x-new': 'yes' },
      }),
    ),
  );
  const [rotated, { serial }] = await pair('edge', 'edge.test');
  await cluster.apply(rotated);
  await cluster.grant();
  await envoy.admin.serving(serial, PATIENCE_MS);
  await plane.admin.finding('CS6010', false, PATIENCE_MS);
  await load.outcomes(PROOF);
});

test('the API server is away for a while: nothing is lost, and it is found again', async () => {
  await cluster.pause();
  await plane.admin.finding('CS6010', true, PATIENCE_MS);
  const until = performance.now() + OUTAGE_MS;
  do await load.outcomes(PROOF);
  while (performance.now() < until);
  await cluster.resume();
  const [rotated, { serial }] = await pair('edge', 'edge.test');
  await cluster.apply(rotated);
  await envoy.admin.serving(serial, PATIENCE_MS);
  await plane.admin.finding('CS6010', false, PATIENCE_MS);
});

test('etcd is wiped: the deletion is held back, and everything is served on', async () => {
  await cluster.apply(
    ...Array.from({ length: 8 }, (_, index) =>
      inDefault(mapping(`more-${index}`, { hostname: 'edge.test', prefix: `/more-${index}/`, service: 'nowhere' })),
    ),
  );
  await eventually('all are there', async () => {
    const { groups } = await plane.admin.status();
    return (groups[0]?.types['clusters']?.resources ?? 0) > 1 ? true : undefined;
  });
  await cluster.pause({ wipe: true });
  await cluster.resume();
  await cluster.grant();
  await plane.log.line('the CRDs are gone', ({ reason }) => reason === 'missing', PATIENCE_MS);
  await load.outcomes(PROOF);
  await cluster.installCrds();
  await plane.admin.finding('CS6010', false, PATIENCE_MS);
  await plane.admin.finding('CS6002', true, PATIENCE_MS);
  await load.outcomes(PROOF);
});

test('no request failed', async () => {
  const { ok, failed, failures } = await load.stop().then(() => load.report);
  console.log(`${ok} requests, ${failed} failed`);
  expect({ failed, failures }).toEqual({ failed: 0, failures: {} });
});
