import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CertificateAuthority } from '../../src/cli/demo/pki';
import { answerTo } from '../support/client';
import { Closing } from '../support/closing';
import { ConfigDirectory } from '../support/config-directory';
import { connectedEnvoy } from '../support/connected-envoy';
import { ControlPlane } from '../support/control-plane';
import { listener, mapping, tlsContext } from '../support/definitions';
import type { Envoy } from '../support/envoy';
import { eventually } from '../support/eventually';
import { issueLeaf, rootCa } from '../support/issuance';
import { Load } from '../support/load';
import { freePort } from '../support/port';
import { certificate, roots, SdsServer } from '../support/sds-server';
import { spiffeValidator } from '../support/spiffe-validator';
import { type Sighting, Upstream } from '../support/upstream';

const closing = new Closing();
afterEach(() => closing.close());

const QUOTE = 'spiffe://cluster.local/ns/apps/sa/quote';
const EDGE = 'spiffe://cluster.local/ns/default/sa/edge';

const service = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'quote', namespace: 'apps' },
  spec: { ports: [{ name: 'http', port: 80 }] },
};

function pod(name: string, serviceAccountName: string, labels: Readonly<Record<string, string>> = {}): object {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'apps', labels }, spec: { serviceAccountName } };
}

function slice(pod: string, { port }: { readonly port: number }): object {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: pod, namespace: 'apps', labels: { 'kubernetes.io/service-name': 'quote' } },
    addressType: 'IPv4',
    ports: [{ name: 'http', port }],
    endpoints: [endpointOf(pod)],
  };
}

async function socketPath(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sds-'));
  closing.keep({ stop: () => rm(folder, { recursive: true, force: true }) });
  return join(folder, 'socket');
}

async function workload(ca: CertificateAuthority, uri: string) {
  return await issueLeaf(ca, { name: 'workload', uri });
}

/** An upstream that demands a certificate of the CA, and has one with that SPIFFE ID. */
async function upstreamOf(ca: CertificateAuthority, uri: string): Promise<Upstream> {
  const { chainPem: cert, privateKeyPem: key } = await workload(ca, uri);
  const tls = { cert, key, clientCa: ca.certificatePem };
  return closing.keep(await Upstream.start({ tls, keepAlive: false }));
}

async function running(definitions: readonly object[]) {
  const port = await freePort();
  const config = closing.keep(await ConfigDirectory.create({ 'definitions.yaml': [listener(port), ...definitions] }));
  const plane = closing.keep(await ControlPlane.start(config.path));
  const envoy = closing.keep(await connectedEnvoy(plane.xdsPort));
  await envoy.admin.listening(port);
  return { port, config, plane, envoy };
}

function istioMapping(name: string, spec: object = {}): object {
  return mapping(name, {
    prefix: `/${name}/`,
    service: 'quote.apps:80',
    resolver: 'endpoint',
    tls: 'istio',
    stats_name: name,
    ...spec,
  });
}

/** What the upstream saw. */
async function answers(port: number, path: string): Promise<Sighting> {
  return JSON.parse(await answered(port, path, 200)) as Sighting;
}

/** What Envoy says in place of the upstream. */
async function fails(port: number, path: string): Promise<string> {
  return await answered(port, path, 503);
}

async function answered(port: number, path: string, status: number): Promise<string> {
  return await eventually(
    `${path} is answered with ${status}`,
    async () => {
      const answer = await answerTo({ port, path });
      return answer.status === status ? answer.body : undefined;
    },
    40_000,
  );
}

async function resumed({ admin }: Envoy): Promise<readonly [handshakes: number, reused: number]> {
  const { stats } = await admin.json<{ stats: { name: string; value: number }[] }>('/stats?format=json&filter=ssl%5C.');
  const sum = (end: string) =>
    stats
      .filter(({ name }) => name.startsWith('cluster.') && name.endsWith(end))
      .reduce((all, { value }) => all + value, 0);
  return [sum('ssl.handshake'), sum('ssl.session_reused')];
}

test('Envoy gets certificate and roots from the socket, and every rotation of both, without a request lost', async () => {
  const [a, b] = [await rootCa('root A'), await rootCa('root B')];
  const both = a.certificatePem + b.certificatePem;
  const socket = await socketPath();
  const edge = await workload(a, EDGE);
  const sds = closing.keep(
    await SdsServer.start(socket, { default: certificate(edge), ROOTCA: roots(a.certificatePem) }),
  );
  const quote = await upstreamOf(a, QUOTE);
  const { port, plane, envoy } = await running([
    tlsContext('istio', { istio: { sds: `unix://${socket}` } }),
    istioMapping('quote'),
    // The same secrets, and so no further subscription.
    istioMapping('again', { connect_timeout_ms: 4000 }),
    service,
    slice('quote-1', quote),
    pod('quote-1', 'quote'),
  ]);
  const { tls } = await answers(port, '/quote/');
  expect(tls).toMatchObject({
    serverName: 'outbound_.80_._.quote.apps.svc.cluster.local',
    client: { subjectAltName: expect.stringContaining(`URI:${EDGE}`) },
  });
  expect(sds.asked.toSorted()).toEqual(['ROOTCA', 'default']);

  await plane.admin.inStep('edge');
  const responses = await plane.admin.metric('countersign_xds_responses_total');
  const load = Load.start({ port, path: '/quote/' }, 3);
  const rotations = 40;
  for (let round = 0; round < rotations; round += 1) {
    const next = await workload(a, EDGE);
    sds.update({ default: certificate(next) });
    await envoy.admin.serving(next.serial);
    await load.outcomes(6);
  }
  // Root A, then both, then a certificate of B on either side, then B alone.
  const seen = async (client: { readonly serial: string }) => {
    await envoy.admin.serving(client.serial);
    await load.outcomes(12);
  };
  const [ofB, server] = [await workload(b, EDGE), await workload(b, QUOTE)];
  sds.update({ ROOTCA: roots(both) });
  quote.useTls({ ...(await tlsOf(a)), clientCa: both });
  await load.outcomes(12);
  sds.update({ default: certificate(ofB) });
  await seen(ofB);
  await eventually('Envoy trusts both', async () =>
    (await envoy.admin.certificates()).some(({ ca_cert }) => ca_cert.length > 1) ? true : undefined,
  );
  quote.useTls({ cert: server.chainPem, key: server.privateKeyPem, clientCa: both });
  await load.outcomes(12);
  sds.update({ ROOTCA: roots(b.certificatePem) });
  await load.outcomes(60);
  const { ok, failed, failures } = await load.stop();
  expect({ failed, failures }).toEqual({ failed: 0, failures: {} });
  const [handshakes, reused] = await resumed(envoy);
  expect(handshakes).toBeGreaterThanOrEqual(ok);
  expect(reused).toBe(0);
  expect(sds.refused).toEqual([]);
  // Nothing of all this went through the control plane.
  expect(await plane.admin.metric('countersign_xds_responses_total')).toBe(responses);
  expect(await envoy.admin.stat('cluster_manager.cluster_modified')).toBe(0);
  process.stdout.write(`${rotations + 2} rotations by SDS, ${ok} requests, ${failed} failed, ${reused} resumed\n`);

  async function tlsOf(ca: CertificateAuthority) {
    const { chainPem: cert, privateKeyPem: key } = await workload(ca, QUOTE);
    return { cert, key };
  }
}, 180_000);

test('while the socket is not there, only what needs it waits; it comes late, goes, and comes back', async () => {
  const ca = await rootCa();
  const [socket, wrong] = [await socketPath(), await socketPath()];
  const [quote, plain] = [await upstreamOf(ca, QUOTE), closing.keep(await Upstream.start())];
  const began = performance.now();
  const { port, plane, config, envoy } = await running([
    tlsContext('istio', { istio: { sds: `unix://${socket}` } }),
    tlsContext('wrong', { istio: { sds: `unix://${wrong}` } }),
    istioMapping('quote'),
    istioMapping('wrong', { tls: 'wrong' }),
    mapping('plain', { prefix: '/plain/', service: `127.0.0.1:${plain.port}` }),
    service,
    slice('quote-1', quote),
    pod('quote-1', 'quote'),
  ]);
  // An Envoy that has only just begun waits a little.
  expect(performance.now() - began).toBeLessThan(12_000);
  await answers(port, '/plain/');
  await fails(port, '/quote/');
  const unready = 'cluster.quote.client_ssl_socket_factory.upstream_context_secrets_not_ready';
  expect(await envoy.admin.stat(unready)).toBeGreaterThan(0);

  // One that runs goes on at once, with what has nothing to do with it.
  await config.write('more.yaml', [mapping('more', { prefix: '/more/', service: `127.0.0.1:${plain.port}` })]);
  await answers(port, '/more/');

  const secrets = async (uri = EDGE) => ({
    default: certificate(await workload(ca, uri)),
    ROOTCA: roots(ca.certificatePem),
  });
  const first = await SdsServer.start(socket, await secrets());
  const late = performance.now();
  await answers(port, '/quote/');
  expect(performance.now() - late).toBeLessThan(8_000);
  await fails(port, '/wrong/');

  const load = Load.start({ port, path: '/quote/' }, 2);
  await first.stop();
  await rm(socket, { force: true });
  await load.outcomes(40);
  const second = closing.keep(await SdsServer.start(socket, await secrets(`${EDGE}-2`)));
  await eventually('the certificate of the second server', () =>
    Promise.resolve(quote.requests.at(-1)?.tls?.client?.subjectAltName?.includes(`${EDGE}-2`) ? true : undefined),
  );
  // The control plane is no part of it: it may be away.
  await plane.stop();
  second.update(await secrets(`${EDGE}-3`));
  await eventually('a certificate of which the control plane does not know', () =>
    Promise.resolve(quote.requests.at(-1)?.tls?.client?.subjectAltName?.includes(`${EDGE}-3`) ? true : undefined),
  );
  expect(await load.stop()).toMatchObject({ failed: 0 });
}, 120_000);

test('who is not expected is refused: another ServiceAccount, another trust domain, another CA; and so is who asks without a certificate', async () => {
  const [ca, foreign] = [await rootCa(), await rootCa('foreign')];
  const socket = await socketPath();
  closing.keep(
    await SdsServer.start(socket, {
      default: certificate(await workload(ca, EDGE)),
      ROOTCA: roots(ca.certificatePem),
    }),
  );
  const { chainPem: cert, privateKeyPem: key } = await workload(foreign, QUOTE);
  const ofForeignCa = closing.keep(await Upstream.start({ tls: { cert, key, clientCa: ca.certificatePem } }));
  const cases: Readonly<Record<string, Upstream>> = {
    'another-account': await upstreamOf(ca, 'spiffe://cluster.local/ns/apps/sa/other'),
    'another-domain': await upstreamOf(ca, 'spiffe://other.example/ns/apps/sa/quote'),
    'another-ca': ofForeignCa,
  };
  const right = await upstreamOf(ca, QUOTE);
  const of = (name: string) => ({ ...service, metadata: { name, namespace: 'apps' } });
  const sliceOf = (name: string, upstream: Upstream) => ({
    ...slice('quote-1', upstream),
    metadata: { name, namespace: 'apps', labels: { 'kubernetes.io/service-name': name } },
  });
  const { port, envoy } = await running([
    tlsContext('istio', { istio: { sds: `unix://${socket}` } }),
    ...Object.entries(cases).flatMap(([name, upstream]) => [
      istioMapping(name, { service: `${name}.apps:80` }),
      of(name),
      sliceOf(name, upstream),
    ]),
    istioMapping('quote'),
    // TLS, and nothing to show.
    mapping('anonymous', { prefix: '/anonymous/', service: `https://127.0.0.1:${right.port}` }),
    service,
    slice('quote-1', right),
    pod('quote-1', 'quote'),
  ]);
  await answers(port, '/quote/');
  for (const name of Object.keys(cases)) {
    await fails(port, `/${name}/`);
    const stats = ['fail_verify_san', 'fail_verify_error', 'handshake'];
    const seen = await Promise.all(
      stats.map(async (stat) => ((await envoy.admin.stat(`cluster.${name}.ssl.${stat}`)) ?? 0) > 0),
    );
    expect([name, ...seen]).toEqual(name === 'another-ca' ? [name, false, true, false] : [name, true, false, false]);
  }
  await fails(port, '/anonymous/');
  expect(Object.values(cases).flatMap(({ requests }) => requests)).toEqual([]);
}, 60_000);

test('with mode auto, an endpoint whose Pod has no sidecar is reached in cleartext, and no other', async () => {
  const ca = await rootCa();
  const socket = await socketPath();
  closing.keep(
    await SdsServer.start(socket, {
      default: certificate(await workload(ca, EDGE)),
      ROOTCA: roots(ca.certificatePem),
    }),
  );
  const [inMesh, beside, unknown] = [
    await upstreamOf(ca, QUOTE),
    closing.keep(await Upstream.start({ keepAlive: false })),
    closing.keep(await Upstream.start({ keepAlive: false })),
  ];
  const slices = (...more: readonly object[]) => [slice('in-mesh', inMesh), slice('beside', beside), ...more];
  const { port, config } = await running([
    tlsContext('istio', { istio: { sds: `unix://${socket}`, mode: 'auto' } }),
    istioMapping('quote'),
    service,
    pod('in-mesh', 'quote', { 'security.istio.io/tlsMode': 'istio' }),
    pod('beside', 'quote'),
  ]);
  await config.write('slices.yaml', slices());
  const statuses = async () => {
    const all: number[] = [];
    for (let sent = 0; sent < 12; sent += 1) all.push((await answerTo({ port, path: '/quote/' })).status);
    return all;
  };
  await eventually('both are reached', async () => {
    await statuses();
    return inMesh.requests.length > 2 && beside.requests.length > 2 ? true : undefined;
  });
  expect(await statuses()).not.toContain(503);
  expect(inMesh.requests.every(({ tls }) => tls?.client !== undefined)).toBe(true);
  expect(beside.requests.every(({ tls }) => tls === undefined)).toBe(true);
  // Of a Pod that nobody has told of yet, nothing is believed.
  await config.write('slices.yaml', slices(slice('not-seen', unknown)));
  await eventually('TLS is tried', async () => ((await statuses()).includes(503) ? true : undefined));
  expect(unknown.requests).toEqual([]);
}, 60_000);

test('SPIFFE: the names that SPIRE has for certificate and roots, and its validator', async () => {
  const [ca, other] = [await rootCa(), await rootCa('other domain')];
  const socket = await socketPath();
  const [id, backend] = ['spiffe://example.org/edge', 'spiffe://example.org/backend'];
  const sds = closing.keep(
    await SdsServer.start(socket, {
      [id]: certificate(await workload(ca, id)),
      'spiffe://example.org': spiffeValidator('spiffe://example.org', { 'example.org': ca.certificatePem }),
    }),
  );
  const right = await upstreamOf(ca, backend);
  const wrong = await upstreamOf(ca, 'spiffe://example.org/other');
  const { chainPem: cert, privateKeyPem: key } = await workload(other, backend);
  const forged = closing.keep(await Upstream.start({ tls: { cert, key, clientCa: ca.certificatePem } }));
  const spiffe = { sds: `unix://${socket}`, trust_domain: 'example.org', id };
  const to = (name: string, upstream: Upstream, tls = 'backend') =>
    mapping(name, { prefix: `/${name}/`, service: `127.0.0.1:${upstream.port}`, tls });
  const { port } = await running([
    tlsContext('backend', { spiffe, verify: { spiffe_id: backend } }),
    tlsContext('anybody', { spiffe }),
    to('right', right),
    to('wrong', wrong),
    to('forged', forged),
    to('of-the-domain', wrong, 'anybody'),
  ]);
  expect((await answers(port, '/right/')).tls?.client?.subjectAltName).toContain(`URI:${id}`);
  await fails(port, '/wrong/');
  await fails(port, '/forged/');
  await answers(port, '/of-the-domain/');
  expect([...new Set(sds.asked)].toSorted()).toEqual(['spiffe://example.org', id]);
  // Without the validator, as `disable_spiffe_cert_validation` has it.
  sds.update({ 'spiffe://example.org': roots(ca.certificatePem) });
  await answers(port, '/right/');
  await fails(port, '/wrong/');
  expect(sds.refused).toEqual([]);
}, 60_000);

test('Pods of another ServiceAccount take over under load; then nothing needs the SDS server any more, and then it is needed again', async () => {
  const ca = await rootCa();
  const socket = await socketPath();
  const sds = closing.keep(
    await SdsServer.start(socket, {
      default: certificate(await workload(ca, EDGE)),
      ROOTCA: roots(ca.certificatePem),
    }),
  );
  const [before, after] = [await upstreamOf(ca, QUOTE), await upstreamOf(ca, 'spiffe://cluster.local/ns/apps/sa/next')];
  const plain = closing.keep(await Upstream.start());
  const { port, config, plane, envoy } = await running([
    tlsContext('istio', { istio: { sds: `unix://${socket}` } }),
    mapping('plain', { prefix: '/plain/', service: `127.0.0.1:${plain.port}` }),
    service,
    pod('before', 'quote'),
    pod('after', 'next'),
  ]);
  const moved = async (...documents: readonly object[]) => {
    await plane.change(() => config.write('quote.yaml', documents));
    await plane.admin.inStep('edge');
  };
  const starting = { ...slice('after', after), endpoints: [{ ...endpointOf('after'), conditions: { ready: false } }] };
  await moved(istioMapping('quote'), slice('before', before));
  await answers(port, '/quote/');
  const load = Load.start({ port, path: '/quote/' }, 2);
  closing.keep({ stop: async () => void (await load.stop()) });
  await moved(istioMapping('quote'), slice('before', before), starting);
  await load.outcomes(20);
  await moved(istioMapping('quote'), slice('before', before), slice('after', after));
  await load.outcomes(20);
  await moved(istioMapping('quote'), slice('after', after));
  await load.outcomes(20);
  expect(await load.stop()).toMatchObject({ failed: 0 });
  expect(after.requests.length).toBeGreaterThan(0);

  await moved(slice('after', after));
  await answered(port, '/quote/', 404);
  await eventually('no stream any more', () => Promise.resolve(sds.streams === 0 ? true : undefined));
  await answers(port, '/plain/');
  await moved(istioMapping('quote'), slice('after', after));
  await answers(port, '/quote/');
  expect(await envoy.admin.stat('cluster_manager.cds.update_rejected')).toBe(0);
}, 60_000);

function endpointOf(pod: string): object {
  return { addresses: ['127.0.0.1'], targetRef: { kind: 'Pod', name: pod } };
}
