import { answerTo } from '../support/client';
import { Closing } from '../support/closing';
import { ConfigDirectory } from '../support/config-directory';
import { connectedEnvoy } from '../support/connected-envoy';
import { ControlPlane } from '../support/control-plane';
import { listener } from '../support/definitions';
import { eventually } from '../support/eventually';
import { freePort } from '../support/port';
import { Upstream } from '../support/upstream';

const closing = new Closing();
afterAll(() => closing.close());

interface ListenerStatus {
  readonly local_address: { readonly socket_address: { readonly address: string; readonly port_value: number } };
}

/** A Service with its Mapping in the annotation, flat and of v2, as Ambassador's first users wrote it. */
function service(prefix: string): string {
  return `apiVersion: v1
kind: Service
metadata:
  name: quote
  namespace: shop
  annotations:
    getambassador.io/config: |
      ---
      apiVersion: ambassador/v2
      kind: Mapping
      name: quote_mapping
      prefix: ${prefix}
      resolver: endpoint
      service: quote
spec:
  ports:
    - port: 80
`;
}

test('requests follow the Mapping in the annotation of a Service, and its changes', async () => {
  const upstream = closing.keep(await Upstream.start());
  const port = await freePort();
  const endpoints = {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: { name: 'quote', namespace: 'shop' },
    subsets: [{ addresses: [{ ip: '127.0.0.1' }], ports: [{ port: upstream.port }] }],
  };
  const config = closing.keep(await ConfigDirectory.create({ 'others.yaml': [listener(port), endpoints] }));
  await config.writeText('service.yaml', service('/quote/'));
  // Listeners bind what the operator says.
  const plane = closing.keep(await ControlPlane.start(config.path, { bindAddress: '127.0.0.1' }));
  const envoy = closing.keep(await connectedEnvoy(plane.xdsPort));
  await envoy.admin.listening(port);
  const { listener_statuses: listeners } = await envoy.admin.json<{ listener_statuses: readonly ListenerStatus[] }>(
    '/listeners?format=json',
  );
  expect(listeners.map(({ local_address: { socket_address: address } }) => address)).toEqual([
    { address: '127.0.0.1', port_value: port },
  ]);
  expect(plane.diagnostics).toEqual([]);
  expect(await answerTo({ port, path: '/quote/today' })).toMatchObject({ status: 200 });
  expect(upstream.requests.at(-1)?.path).toBe('/today');

  await plane.change(() => config.writeText('service.yaml', service('/words')));
  expect(plane.diagnostics).toEqual([]);
  await eventually('Envoy has the change', async () =>
    (await answerTo({ port, path: '/words' })).status === 200 ? true : undefined,
  );
  await plane.change(() => config.writeText('service.yaml', service('/words\n      servise: quote')));
  expect(plane.diagnostics).toMatchObject([
    { code: 'CS1020', location: { line: 13 }, subject: { kind: 'Mapping', namespace: 'shop', name: 'quote_mapping' } },
  ]);
  expect(await answerTo({ port, path: '/words' })).toMatchObject({ status: 200 });
});
