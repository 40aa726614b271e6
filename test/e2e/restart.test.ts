import { setTimeout } from 'node:timers/promises';
import { bootstrapDocument } from '../../src/cli/bootstrap-document';
import { answerTo } from '../support/client';
import { Closing } from '../support/closing';
import { ConfigDirectory } from '../support/config-directory';
import { host, keyPair, listener, mapping, tlsContext } from '../support/definitions';
import { Envoy } from '../support/envoy';
import { eventually } from '../support/eventually';
import { issueLeaf, rootCa } from '../support/issuance';
import { Load } from '../support/load';
import { freePort } from '../support/port';
import { ServeProcess } from '../support/serve-process';
import { type Sighting, Upstream } from '../support/upstream';

/** Requests that must flow while something is down, and after it came back. */
const PROOF = 30;
/** At different moments of it. */
const KILLS_IN_ROTATION = Number(process.env['KILLS'] ?? 3);
const BYTES = 'countersign_xds_resource_bytes_total';

const closing = new Closing();
afterAll(() => closing.close());

test(
  'a control plane that is killed under load costs no request, sends nothing that is known, and catches up',
  async () => {
    const ca = await rootCa();
    const leaf = async (name: string) => await issueLeaf(ca, { name });
    const server = await leaf('upstream.test');
    const tls = { cert: server.chainPem, key: server.privateKeyPem, clientCa: ca.certificatePem };
    const upstream = closing.keep(await Upstream.start({ tls, keepAlive: false }));
    const port = await freePort();
    const route = (name: string) =>
      mapping(name, { prefix: `/${name}/`, service: `127.0.0.1:${upstream.port}`, tls: 'upstream' });
    const config = closing.keep(
      await ConfigDirectory.create({
        'definitions.yaml': [
          listener(port, { protocol: 'HTTPS', securityModel: 'SECURE' }),
          host('edge', { hostname: 'edge.test', tlsSecret: { name: 'edge' } }),
          tlsContext('upstream', { secret: 'client', verify: { hostname: 'upstream.test' } }),
          route('a'),
        ],
        'edge.yaml': [keyPair('edge', await leaf('edge.test'))],
      }),
    );
    const rotate = async () => {
      const client = await leaf('client');
      await config.write('client.yaml', [keyPair('client', client, { ca: ca.certificatePem })]);
      return client.serial;
    };
    await rotate();

    const xdsPort = await freePort();
    const start = async () => closing.keep(await ServeProcess.start(config.path, { xdsPort, args: ['--strict'] }));
    let plane = await start();
    const envoy = closing.keep(await Envoy.start(impatient(xdsPort)));
    await envoy.admin.listening(port);
    await plane.admin.inStep('edge');
    expect(await plane.admin.metric(BYTES)).toBeGreaterThan(0);

    const request = (path: string) => ({ port, path, authority: 'edge.test', tls: { ca: ca.certificatePem } });
    const load = Load.start(request('/a/'), 2);
    closing.keep({ stop: async () => void (await load.stop()) });
    await load.outcomes(PROOF);

    // Nothing changes meanwhile.
    for (let times = 0; times < 2; times += 1) {
      await plane.kill();
      await load.outcomes(PROOF);
      plane = await start();
      const [node] = await plane.admin.inStep('edge');
      expect(Object.keys(node?.streams[0]?.types ?? {}).toSorted()).toEqual([
        'clusters',
        'listeners',
        'routes',
        'secrets',
      ]);
      expect(await plane.admin.metric(BYTES)).toBe(0);
      await load.outcomes(PROOF);
    }

    // A Mapping and a certificate change while nobody is there to tell.
    await plane.kill();
    await config.write('more.yaml', [route('b')]);
    const serial = await rotate();
    await load.outcomes(PROOF);
    expect(await answerTo(request('/b/'))).toMatchObject({ status: 404 });
    plane = await start();
    await envoy.admin.serving(serial);
    await eventually('the new Mapping is served', async () =>
      (await answerTo(request('/b/'))).status === 200 ? true : undefined,
    );
    await plane.admin.inStep('edge');
    for (const type of ['routes', 'secrets'])
      expect(await plane.admin.metric(BYTES, `type="${type}"`)).toBeGreaterThan(0);
    for (const type of ['clusters', 'listeners']) expect(await plane.admin.metric(BYTES, `type="${type}"`)).toBe(0);
    await load.outcomes(PROOF);
    const seen = JSON.parse((await answerTo(request('/b/'))).body) as Sighting;
    expect(seen.tls?.client?.serialNumber.toLowerCase()).toBe(serial);

    // Killed in the middle of a rotation, wherever that is.
    for (let times = 0; times < KILLS_IN_ROTATION; times += 1) {
      const last = await rotate();
      await setTimeout(times % 7 === 0 ? 0 : 37 * (times % 7));
      await plane.kill();
      plane = await start();
      await envoy.admin.serving(last);
      await load.outcomes(PROOF);
    }

    // And ended in good order.
    await plane.stop();
    await load.outcomes(PROOF);
    const { ok, failed, failures } = await load.stop();
    expect({ failed, failures }).toEqual({ failed: 0, failures: {} });
    process.stdout.write(
      `${3 + KILLS_IN_ROTATION} kills and a stop of the control plane, ${ok} requests, ${failed} failed\n`,
    );
  },
  120_000 + KILLS_IN_ROTATION * 10_000,
);

/** Envoy waits for up to 30 s before it connects again; a test would rather not. */
function impatient(port: number): object {
  const document = bootstrapDocument({ role: 'edge', xds: { host: '127.0.0.1', port } });
  const bootstrap = JSON.parse(JSON.stringify(document)) as {
    dynamic_resources: { ads_config: { grpc_services: { envoy_grpc: object }[] } };
  };
  const [service] = bootstrap.dynamic_resources.ads_config.grpc_services;
  const retry_back_off = { base_interval: '0.1s', max_interval: '0.5s' };
  if (service !== undefined) service.envoy_grpc = { ...service.envoy_grpc, retry_policy: { retry_back_off } };
  return bootstrap;
}
