import { bootstrapDocument } from '../../src/cli/bootstrap-document';
import { Closing } from '../support/closing';
import { ConfigDirectory } from '../support/config-directory';
import { host, listener, mapping } from '../support/definitions';
import { Envoy } from '../support/envoy';
import { Load } from '../support/load';
import { freePort } from '../support/port';
import { ServeProcess } from '../support/serve-process';
import { Upstream } from '../support/upstream';

const closing = new Closing();
afterAll(() => closing.close());

interface Endpoints {
  readonly lb_endpoints: { readonly endpoint: { readonly address: object } }[];
}

/** A bootstrap that knows several replicas. */
function bootstrap(ports: readonly number[]): object {
  const document = bootstrapDocument({ role: 'edge', xds: { host: '127.0.0.1', port: ports[0] ?? 0 } });
  const { clusters } = document['static_resources'] as unknown as {
    clusters: readonly { load_assignment: { endpoints: Endpoints[] } }[];
  };
  const [locality] = clusters[0]?.load_assignment.endpoints ?? [];
  for (const port of ports.slice(1))
    locality?.lb_endpoints.push({
      endpoint: { address: { socket_address: { address: '127.0.0.1', port_value: port } } },
    });
  return document;
}

test('a replica that is drained fails readiness and hands its Envoys to the others, which send them nothing', async () => {
  const upstream = closing.keep(await Upstream.start({ keepAlive: false }));
  const port = await freePort();
  const config = closing.keep(
    await ConfigDirectory.create({
      'all.yaml': [
        listener(port, { protocol: 'HTTP', securityModel: 'INSECURE' }),
        host('edge', { hostname: '*', requestPolicy: { insecure: { action: 'Route' } } }),
        mapping('a', { prefix: '/', service: `127.0.0.1:${upstream.port}` }),
      ],
    }),
  );
  const planes = [
    closing.keep(await ServeProcess.start(config.path, { args: ['--drain-time', '1', '--replica-name', 'one'] })),
    closing.keep(await ServeProcess.start(config.path, { args: ['--drain-time', '1', '--replica-name', 'two'] })),
  ];
  const envoy = closing.keep(await Envoy.start(bootstrap(planes.map(({ xdsPort }) => xdsPort))));
  await envoy.admin.listening(port);
  const load = Load.start({ port, path: '/' }, 1);
  closing.keep({ stop: async () => void (await load.stop()) });
  const first = await Promise.race(planes.map((plane) => plane.admin.inStep('edge').then(() => plane)));
  const second = planes.find((plane) => plane !== first);
  if (second === undefined) throw new Error('no second replica');
  await load.outcomes(20);

  const stopped = first.stop();
  await first.log.line('it drains', ({ msg }) => msg === 'draining');
  await first.log.line(
    'the stream ends in good order',
    ({ msg, ...line }) => msg === 'stream closed' && line['reason'] === 'drain',
  );
  await second.admin.inStep('edge');
  expect(await second.admin.metric('countersign_xds_resource_bytes_total')).toBe(0);
  await stopped;
  await load.outcomes(20);
  const { ok, failed, failures } = await load.stop();
  expect({ failed, failures }).toEqual({ failed: 0, failures: {} });
  process.stdout.write(`a replica drained: ${ok} requests, ${failed} failed, 0 resource bytes sent again\n`);
}, 60_000);
