import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bootstrapDocument } from '../../src/cli/bootstrap-document';
import { Closing } from '../support/closing';
import { ConfigDirectory } from '../support/config-directory';
import { host, keyPair, listener, mapping, secret, tlsContext } from '../support/definitions';
import { Envoy } from '../support/envoy';
import { eventually } from '../support/eventually';
import { issueLeaf, rootCa } from '../support/issuance';
import { answerTo } from '../support/client';
import { Load } from '../support/load';
import { freePort } from '../support/port';
import { ServeProcess } from '../support/serve-process';
import { Upstream } from '../support/upstream';

/** Requests that must flow while something is down, and after it came back. */
const PROOF = 30;

const closing = new Closing();
afterAll(() => closing.close());

async function stateFolder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'countersign-state-'));
  closing.keep({ stop: async () => await rm(path, { recursive: true, force: true }) });
  return path;
}

test('killed while Secrets and a file are bad, it starts again with what was last good, for Envoys old and new', async () => {
  const ca = await rootCa();
  const leaf = async (name: string) => await issueLeaf(ca, { name });
  const server = await leaf('upstream.test');
  const tls = { cert: server.chainPem, key: server.privateKeyPem, clientCa: ca.certificatePem };
  const upstream = closing.keep(await Upstream.start({ tls, keepAlive: false }));
  const [port, otherPort] = [await freePort(), await freePort()];
  const definitions = (id: string, at: number) => [
    { ...listener(at, { protocol: 'HTTPS', securityModel: 'SECURE', ambassador_id: [id] }) },
    host(`edge-${id}`, { hostname: 'edge.test', tlsSecret: { name: 'edge' }, ambassador_id: [id] }),
    tlsContext(`upstream-${id}`, { secret: 'client', verify: { hostname: 'upstream.test' }, ambassador_id: [id] }),
    mapping(`a-${id}`, {
      prefix: '/a/',
      service: `127.0.0.1:${upstream.port}`,
      tls: `upstream-${id}`,
      ambassador_id: [id],
    }),
  ];
  const edge = await leaf('edge.test');
  const client = await leaf('client');
  const config = closing.keep(
    await ConfigDirectory.create({
      // The same twice, on two ports, so that two Envoys can stand on one machine.
      'definitions.yaml': [...definitions('default', port), ...definitions('fresh', otherPort)],
      'edge.yaml': [keyPair('edge', edge)],
      'client.yaml': [keyPair('client', client, { ca: ca.certificatePem })],
    }),
  );
  const folder = await stateFolder();
  const key = join(config.path, 'state.key');
  await writeFile(
    key,
    Buffer.alloc(32, 0xa5).map((byte, index) => byte ^ (index * 7)),
    { mode: 0o400 },
  );
  const xdsPort = await freePort();
  const args = ['--strict', '--state', join(folder, 'state'), '--state-key', key];
  const start = async () => closing.keep(await ServeProcess.start(config.path, { xdsPort, args }));
  const written = async (plane: ServeProcess) => {
    const { state } = await plane.admin.status();
    return state?.writtenAt;
  };
  let plane = await start();
  const envoy = closing.keep(await Envoy.start(impatient(xdsPort, 'default')));
  await envoy.admin.listening(port);
  await plane.admin.inStep('edge');
  await eventually('the state is written', async () => await written(plane));

  const request = (at: number) => ({ port: at, path: '/a/', authority: 'edge.test', tls: { ca: ca.certificatePem } });
  const load = Load.start(request(port), 2);
  closing.keep({ stop: async () => void (await load.stop()) });
  await load.outcomes(PROOF);

  // The pair for clients is mismatched, the one for upstreams unreadable, and the definitions can't be parsed.
  const before = await written(plane);
  const mismatched = await leaf('edge.test');
  await config.write('edge.yaml', [
    secret('edge', { 'tls.crt': mismatched.chainPem, 'tls.key': server.privateKeyPem }),
  ]);
  await config.write('client.yaml', [secret('client', { 'tls.crt': 'garbage', 'tls.key': 'garbage' })]);
  await plane.admin.finding('CS2003');
  await plane.admin.finding('CS2004');
  await config.writeText('definitions.yaml', 'kind: [Mapping\n: {');
  await plane.admin.finding('CS1004');
  const keptSince = await eventually('the state says since when', async () =>
    (await written(plane)) !== before ? consequences(plane) : undefined,
  );
  expect(keptSince.length).toBeGreaterThan(0);
  await plane.kill();
  await load.outcomes(PROOF);

  for (let times = 0; times < 2; times += 1) {
    plane = await start();
    await plane.admin.inStep('edge');
    await plane.admin.finding('CS2004');
    expect(await consequences(plane)).toEqual(keptSince);
    await envoy.admin.serving(edge.serial);
    await envoy.admin.serving(client.serial);
    // It knows all of it already.
    expect(await plane.admin.metric('countersign_xds_resource_bytes_total')).toBe(0);
    await load.outcomes(PROOF);
    if (times === 0) await plane.kill();
  }
  expect((await plane.admin.status()).state).toMatchObject({ form: 'sealed', restored: { files: 3 } });

  const fresh = closing.keep(await Envoy.start(impatient(xdsPort, 'fresh')));
  await fresh.admin.listening(otherPort);
  await fresh.admin.serving(edge.serial);
  await fresh.admin.serving(client.serial);
  expect(await answerTo(request(otherPort))).toMatchObject({ status: 200 });

  // A good pair replaces the one that was kept.
  const renewed = await leaf('edge.test');
  await config.write('edge.yaml', [keyPair('edge', renewed)]);
  await envoy.admin.serving(renewed.serial);
  const { ok, failed, failures } = await load.stop();
  expect({ failed, failures }).toEqual({ failed: 0, failures: {} });
  process.stdout.write(`2 kills of the control plane while its input was bad: ${ok} requests, ${failed} failed\n`);
}, 180_000);

/** What is said to keep serving, with the moments since when. */
async function consequences(plane: ServeProcess): Promise<readonly string[]> {
  const { diagnostics } = await plane.admin.status();
  return diagnostics.flatMap(({ code, consequence }) => (consequence === undefined ? [] : [`${code} ${consequence}`]));
}

/** Envoy waits for up to 30 s before it connects again; a test would rather not. */
function impatient(port: number, ambassadorId: string): object {
  const document = bootstrapDocument({ role: 'edge', xds: { host: '127.0.0.1', port }, ambassadorId });
  const bootstrap = JSON.parse(JSON.stringify(document)) as {
    dynamic_resources: { ads_config: { grpc_services: { envoy_grpc: object }[] } };
  };
  const [service] = bootstrap.dynamic_resources.ads_config.grpc_services;
  const retry_back_off = { base_interval: '0.1s', max_interval: '0.5s' };
  if (service !== undefined) service.envoy_grpc = { ...service.envoy_grpc, retry_policy: { retry_back_off } };
  return bootstrap;
}
