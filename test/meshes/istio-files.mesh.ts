import { readFileSync } from 'node:fs';
import { join } from 'node:path';
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

// The recipe of Ambassador's documentation, by the files that istio-agent writes.

/** Renewals of the edge after which everybody has renewed: certificates of 60 seconds are, after 30. */
const RENEWALS = 2;
const HANDSHAKES = 1_000;
const EDGE = 'spiffe://cluster.local/ns/default/sa/edge';
const QUOTE = 'spiffe://cluster.local/ns/default/sa/quote';

const closing = new Closing();
afterEach(() => closing.close(), 60_000);

const expecting = (uri: string) => ({
  secret: 'istio-certs',
  alpn_protocols: 'istio',
  verify: { subject_alt_names: [{ type: 'uri', exact: uri }] },
});

/** Sidecars of `quote`, STRICT and PERMISSIVE, and an edge Envoy of ours, whose control plane reads the files of the agent of `edge`. */
async function mesh(options: IstioOptions) {
  const istio = closing.keep(await Istio.start(options));
  const workload = closing.keep(await Upstream.start());
  const [port, strict, permissive] = [await freePort(), await freePort(), await freePort()];
  const sidecar = { socket: istio.socket('quote'), workload: workload.port } as const;
  closing.keep(await startSidecar({ ...sidecar, port: strict, mode: 'STRICT' }));
  closing.keep(await startSidecar({ ...sidecar, port: permissive, mode: 'PERMISSIVE' }));
  // The sidecar of the edge’s own Pod, which is what the agent renews certificates, and so writes files, for.
  const own = {
    port: await freePort(),
    socket: istio.socket('edge'),
    workload: workload.port,
    mode: 'STRICT',
  } as const;
  closing.keep(await startSidecar(own));
  const to = (name: string, target: number, tls?: string) =>
    mapping(name, {
      prefix: `/${name}/`,
      service: `${tls === undefined ? 'https://' : ''}127.0.0.1:${target}`,
      stats_name: name,
      ...(tls !== undefined && { tls }),
    });
  const definitions = [
    listener(port),
    tlsContext('istio-upstream', expecting(QUOTE)),
    tlsContext('other', expecting('spiffe://cluster.local/ns/default/sa/other')),
    to('quote', strict, 'istio-upstream'),
    to('permissive', permissive, 'istio-upstream'),
    to('other', strict, 'other'),
    to('anonymous', strict),
  ];
  const config = closing.keep(await ConfigDirectory.create({ 'definitions.yaml': definitions }));
  const folder = istio.certificates('edge');
  const args = ['--istio-certs', folder];
  const plane = closing.keep(await ServeProcess.start(config.path, { args }));
  const edge = closing.keep(await connectedEnvoy(plane.xdsPort));
  await edge.admin.listening(port);
  return { istio, folder, port, config, plane, edge, args, workload };
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

async function stat({ admin }: Envoy, name: string): Promise<number> {
  return (await admin.stat(name)) ?? 0;
}

test('by files: accepted and known by its identity, STRICT and PERMISSIVE; refused is whoever is not expected', async () => {
  const { port, edge, workload } = await mesh({});
  for (const path of ['/quote/', '/permissive/']) {
    const { headers } = JSON.parse((await status(port, path, 200)).body) as Sighting;
    expect(headers['x-forwarded-client-cert']).toContain(`URI=${EDGE}`);
  }
  const before = workload.requests.length;
  await status(port, '/other/', 503);
  expect(await stat(edge, 'cluster.other.ssl.fail_verify_san')).toBeGreaterThan(0);
  await status(port, '/anonymous/', 503);
  expect(workload.requests).toHaveLength(before);
}, 180_000);

test('renewals every 30 seconds and a new root under load: nothing fails, no pair is mixed, with the control plane or without', async () => {
  const environment = 'ISTIO_MULTIROOT_MESH=true';
  const { istio, folder, port, plane, edge, config, args } = await mesh({
    certificateTtl: '60s',
    pluggedCa: true,
    environment,
  });
  await status(port, '/quote/', 200);
  const load = Load.start({ port, path: '/quote/' }, 2);
  const chain = () => readFileSync(join(folder, 'cert-chain.pem'), 'utf8');
  const renewed = async (times: number) => {
    for (let count = 0; count < times; count += 1) {
      const old = chain();
      await eventually('a new certificate', async () => (chain() === old ? undefined : true), 60_000);
    }
  };
  const { xdsPort } = plane;
  // The control plane is away for one renewal: no longer, since the certificate would end.
  await plane.stop();
  await istio.signBy('A', 'A', 'B');
  await renewed(1);
  const again = closing.keep(await ServeProcess.start(config.path, { xdsPort, args }));
  await again.admin.inStep('edge');
  await renewed(1);
  await istio.signBy('B', 'A', 'B');
  await renewed(RENEWALS);
  await istio.signBy('B', 'B');
  await renewed(RENEWALS);
  while (load.report.ok < HANDSHAKES) await load.outcomes(50);
  const { ok, failures } = await load.stop();
  expect(failures).toEqual({});
  expect(await stat(edge, 'cluster.quote.ssl.session_reused')).toBe(0);
  // Envoy would have refused a pair that does not fit.
  const refused = (await again.admin.status()).nodes.flatMap(({ streams }) =>
    streams.flatMap(({ types }) => Object.values(types).flatMap(({ parked }) => parked)),
  );
  expect(refused).toEqual([]);
  console.log(`Istio by files: ${ok} full handshakes through renewals and a change of the root, 0 failed`);
}, 500_000);
