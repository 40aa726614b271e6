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
    endpoints: [{ addresses: ['127.0.0.1'], targetRef: { kind: 'Pod', name: pod } }],
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
  return mapping(name, { prefix: `/${name}/`, service: 'quote.apps:80', resolver: 'endpoint', tls: 'istio', ...spec });
}

async function answers(port: number, path: string, status: number): Promise<Sighting> {
  return await eventually(
    `${path} is answered with ${status}`,
    async () => {
      const answer = await answerTo({ port, path });
      if (answer.status !== status) return undefined;
      return status === 200 ? (JSON.parse(answer.body) as Sighting) : ({} as Sighting);
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
  const { tls } = await answers(port, '/quote/', 200);
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
