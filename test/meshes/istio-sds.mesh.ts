import { answerTo, type Answer } from '../support/client';
import { Closing } from '../support/closing';
import { ConfigDirectory } from '../support/config-directory';
import { connectedEnvoy } from '../support/connected-envoy';
import { listener, mapping, tlsContext } from '../support/definitions';
import type { Envoy } from '../support/envoy';
import { eventually } from '../support/eventually';
import { Load } from '../support/load';
import { freePort } from '../support/port';
import { ServeProcess } from '../support/serve-process';
import { type Sighting, Upstream } from '../support/upstream';
import { Istio, type IstioOptions } from './support/istio';
import { startSidecar } from './support/istio-upstream';

/** Renewals of the edge after which everybody has renewed: certificates of 60 seconds are, after 30. */
const RENEWALS = 2;
const HANDSHAKES = 1_000;

const closing = new Closing();
afterEach(() => closing.close(), 60_000);

const EDGE = 'spiffe://cluster.local/ns/default/sa/edge';

/** Sidecars of `quote`, STRICT and PERMISSIVE, with the SDS server of its agent; and an edge Envoy of ours with that of `edge`. */
async function mesh(options: IstioOptions) {
  const istio = closing.keep(await Istio.start(options));
  const workload = closing.keep(await Upstream.start());
  const [port, strict, permissive] = [await freePort(), await freePort(), await freePort()];
  const sidecar = { socket: istio.socket('quote'), workload: workload.port } as const;
  closing.keep(await startSidecar({ ...sidecar, port: strict, mode: 'STRICT' }));
  closing.keep(await startSidecar({ ...sidecar, port: permissive, mode: 'PERMISSIVE' }));
  const sds = `unix://${istio.socket('edge')}`;
  const definitions = [
    listener(port),
    tlsContext('istio', { istio: { sds } }),
    ...service('quote', 'quote', strict),
    ...service('permissive', 'quote', permissive),
    // Who answers has the identity of `quote`.
    ...service('other', 'other', strict),
    to('quote'),
    to('permissive'),
    to('other'),
    to('grpc', { service: 'quote:80', grpc: true }),
    mapping('anonymous', { prefix: '/anonymous/', service: `https://127.0.0.1:${strict}`, stats_name: 'anonymous' }),
    mapping('cleartext', { prefix: '/cleartext/', service: `127.0.0.1:${strict}` }),
    mapping('cleartext-permissive', { prefix: '/cleartext-permissive/', service: `127.0.0.1:${permissive}` }),
    // TLS that is not Istio’s.
    tlsContext('plain-alpn', { istio: { sds }, alpn_protocols: 'http/1.1' }),
    to('plain-alpn', { service: 'quote:80', tls: 'plain-alpn' }),
    to('plain-alpn-permissive', { service: 'permissive:80', tls: 'plain-alpn' }),
  ];
  const config = closing.keep(await ConfigDirectory.create({ 'definitions.yaml': definitions }));
  const plane = closing.keep(await ServeProcess.start(config.path));
  const edge = closing.keep(await connectedEnvoy(plane.xdsPort));
  await edge.admin.listening(port);
  return { istio, workload, port, config, plane, edge };
}

function to(name: string, spec: object = {}): object {
  const common = { prefix: `/${name}/`, service: `${name}:80`, resolver: 'endpoint', tls: 'istio', stats_name: name };
  return mapping(name, { ...common, ...spec });
}

/** A Service with one Pod, which listens on loopback. */
function service(name: string, serviceAccountName: string, port: number): readonly object[] {
  const pod = `${name}-1`;
  return [
    { apiVersion: 'v1', kind: 'Service', metadata: { name }, spec: { ports: [{ name: 'http', port: 80 }] } },
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: pod, labels: { 'kubernetes.io/service-name': name } },
      addressType: 'IPv4',
      ports: [{ name: 'http', port }],
      endpoints: [{ addresses: ['127.0.0.1'], targetRef: { kind: 'Pod', name: pod } }],
    },
    { apiVersion: 'v1', kind: 'Pod', metadata: { name: pod }, spec: { serviceAccountName } },
  ];
}

async function status(port: number, path: string, expected: number): Promise<Answer> {
  return await eventually(
    `${path} is answered with ${expected}`,
    async () => {
      const answer = await answerTo({ port, path });
      return answer.status === expected ? answer : undefined;
    },
    30_000,
  );
}

async function sslStats({ admin }: Envoy, cluster: string): Promise<Readonly<Record<string, number>>> {
  const names = ['handshake', 'session_reused', 'fail_verify_san', 'fail_verify_error'];
  const values = await Promise.all(names.map((name) => admin.stat(`cluster.${cluster}.ssl.${name}`)));
  return Object.fromEntries(names.map((name, index) => [name, values[index] ?? 0]));
}

test('by the socket of istio-agent: accepted and known by its identity; refused is whoever is not expected', async () => {
  const { port, edge, workload, istio } = await mesh({});
  for (const path of ['/quote/', '/permissive/', '/grpc/']) {
    const { headers } = JSON.parse((await status(port, path, 200)).body) as Sighting;
    expect([path, headers['x-forwarded-client-cert']]).toEqual([path, expect.stringContaining(`URI=${EDGE}`)]);
  }
  const before = workload.requests.length;
  // The identity is another than that of the Pods behind the Service.
  await status(port, '/other/', 503);
  expect(await sslStats(edge, 'other')).toMatchObject({ handshake: 0, fail_verify_san: 1 });
  // STRICT: neither without a certificate, nor in cleartext.
  await status(port, '/anonymous/', 503);
  await status(port, '/cleartext/', 503);
  // TLS without a protocol of Istio’s is mutual all the same; PERMISSIVE takes it for something else.
  await status(port, '/plain-alpn-permissive/', 503);
  expect(workload.requests).toHaveLength(before);
  await status(port, '/plain-alpn/', 200);
  await status(port, '/cleartext-permissive/', 200);

  // What the agent has given stays good without it.
  istio.stopAgent('edge');
  await edge.logged(/StreamSecrets gRPC config stream to \S+ closed/);
  for (let count = 0; count < 20; count += 1) expect((await answerTo({ port, path: '/quote/' })).status).toBe(200);
}, 180_000);

test('renewals every 30 seconds and a new root under load: nothing fails, nothing is resumed, with the control plane or without', async () => {
  const environment = 'ISTIO_MULTIROOT_MESH=true';
  const { istio, port, plane, edge, config } = await mesh({ certificateTtl: '60s', pluggedCa: true, environment });
  await status(port, '/quote/', 200);
  const load = Load.start({ port, path: '/quote/' }, 2);
  const certificate = async () => await serialOf(edge);
  const renewed = async (times: number) => {
    for (let count = 0; count < times; count += 1) {
      const old = await certificate();
      await eventually('a new certificate', async () => ((await certificate()) === old ? undefined : true), 60_000);
    }
  };
  // The control plane is away for a whole rotation, and finds everything in order when it is back.
  await plane.stop();
  await istio.signBy('A', 'A', 'B');
  await renewed(RENEWALS);
  const again = closing.keep(await ServeProcess.start(config.path, { xdsPort: plane.xdsPort }));
  await again.admin.inStep('edge');
  await istio.signBy('B', 'A', 'B');
  await renewed(RENEWALS);
  await istio.signBy('B', 'B');
  await renewed(RENEWALS);
  while (load.report.ok < HANDSHAKES) await load.outcomes(50);
  const { ok, failed, failures } = await load.stop();
  expect({ failed, failures }).toEqual({ failed: 0, failures: {} });
  const { handshake = 0, session_reused } = await sslStats(edge, 'quote');
  expect(handshake).toBeGreaterThanOrEqual(ok);
  expect(session_reused).toBe(0);
  expect(await edge.admin.stat('cluster_manager.cluster_modified')).toBe(0);
  process.stdout.write(`${ok} requests, ${handshake} full handshakes, ${failed} failed, ${session_reused} resumed\n`);
}, 600_000);

async function serialOf({ admin }: Envoy): Promise<string | undefined> {
  const chains = (await admin.certificates()).flatMap(({ cert_chain }) => cert_chain);
  return chains.find(({ subject_alt_names: names = [] }) => names.some((name) => Object.values(name).includes(EDGE)))
    ?.serial_number;
}
