import { answerTo } from '../support/client';
import { Closing } from '../support/closing';
import { ConfigDirectory } from '../support/config-directory';
import { connectedEnvoy } from '../support/connected-envoy';
import { ControlPlane } from '../support/control-plane';
import { listener, mapping } from '../support/definitions';
import { eventually } from '../support/eventually';
import { Load } from '../support/load';
import { freePort } from '../support/port';
import { Upstream } from '../support/upstream';

const closing = new Closing();
afterAll(() => closing.close());

const service = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'shop', namespace: 'apps' },
  spec: { ports: [{ name: 'http', port: 80 }] },
};

/** One slice for each endpoint, since they differ in port here; in a cluster they differ in address. */
function slice(upstream: Upstream, ready = true): object {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      name: `shop-${upstream.port}`,
      namespace: 'apps',
      labels: { 'kubernetes.io/service-name': 'shop' },
    },
    addressType: 'IPv4',
    ports: [{ name: 'http', port: upstream.port }],
    endpoints: [{ addresses: ['127.0.0.1'], conditions: { ready } }],
  };
}

test('traffic follows the EndpointSlices, and only endpoints are sent', async () => {
  const [first, second] = [closing.keep(await Upstream.start()), closing.keep(await Upstream.start())];
  const port = await freePort();
  const config = closing.keep(
    await ConfigDirectory.create({
      'definitions.yaml': [
        listener(port),
        service,
        mapping('shop', { prefix: '/', service: 'shop.apps', resolver: 'endpoint' }),
      ],
      'endpoints.yaml': [slice(first)],
    }),
  );
  const plane = closing.keep(await ControlPlane.start(config.path));
  const envoy = closing.keep(await connectedEnvoy(plane.xdsPort));
  await envoy.admin.listening(port);
  await plane.admin.inStep('edge');
  const responses = async (type: string) =>
    await plane.admin.metric('countersign_xds_responses_total', `type="${type}"`);
  const others = async () =>
    (await responses('clusters')) +
    (await responses('listeners')) +
    (await responses('routes')) +
    (await responses('secrets'));
  const before = { others: await others(), endpoints: await responses('endpoints') };
  /** Waits until requests reach exactly these. */
  const reaches = async (...expected: readonly Upstream[]) =>
    await eventually(`traffic at ${expected.map((upstream) => upstream.port).join(' and ')}`, async () => {
      const counts = () => [first, second].map((upstream) => upstream.requests.length);
      const start = counts();
      for (let sent = 0; sent < 8; sent += 1) await answerTo({ port });
      const reached = [first, second].filter((_, index) => counts()[index] !== start[index]);
      return reached.length === expected.length && reached.every((upstream) => expected.includes(upstream))
        ? true
        : undefined;
    });

  await reaches(first);
  const load = Load.start({ port }, 1);
  closing.keep({ stop: async () => void (await load.stop()) });
  await load.outcomes(10);
  const moved = async (slices: readonly object[]) => await plane.change(() => config.write('endpoints.yaml', slices));
  // The load goes on, and may be seen at either; so it is stopped where exactness counts.
  await moved([slice(first), slice(second)]);
  await load.outcomes(10);
  await moved([slice(first, false), slice(second)]);
  await load.outcomes(10);
  await plane.admin.inStep('edge');
  await load.outcomes(10);
  expect(await load.stop()).toMatchObject({ failed: 0 });
  await reaches(second);
  await moved([slice(first), slice(second)]);
  await reaches(first, second);

  // Nobody is left: 503 at once, and the cluster stays.
  await moved([slice(first, false), slice(second, false)]);
  await eventually('503', async () => ((await answerTo({ port })).status === 503 ? true : undefined));
  await moved([slice(first)]);
  await reaches(first);

  expect(await others()).toBe(before.others);
  expect((await responses('endpoints')) - before.endpoints).toBe(5);
  expect(await envoy.admin.stat('cluster_manager.cluster_modified')).toBe(0);
});
