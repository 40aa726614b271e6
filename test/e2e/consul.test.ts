import { consulDemands } from '../../src/expansion/consul-demands';
import { ConsulSource } from '../../src/sources/consul/consul-source';
import { FakeAgent } from '../sources/consul/support/fake-agent';
import { send } from '../support/client';
import { Closing } from '../support/closing';
import { ConfigDirectory } from '../support/config-directory';
import { connectedEnvoy } from '../support/connected-envoy';
import { ControlPlane } from '../support/control-plane';
import { host, listener, mapping } from '../support/definitions';
import { eventually } from '../support/eventually';
import { freePort } from '../support/port';
import { Upstream } from '../support/upstream';

// What the control plane does with a Consul that says what a test wants; what a real one says is in test/meshes.

const closing = new Closing();
afterEach(() => closing.close());

const instance = (port: number) => ({
  Node: { Address: '127.0.0.1', Datacenter: 'dc1' },
  Service: { Address: '127.0.0.1', Port: port },
});

async function edge(service: string) {
  const agent = closing.keep(await FakeAgent.start());
  const port = await freePort();
  const definitions = (name: string) => [
    listener(port, { protocol: 'HTTP', securityModel: 'INSECURE' }),
    host('all', { hostname: '*', requestPolicy: { insecure: { action: 'Route' } } }),
    {
      apiVersion: 'getambassador.io/v3alpha1',
      kind: 'ConsulResolver',
      metadata: { name: 'dc1' },
      spec: { address: agent.address },
    },
    mapping('it', { prefix: '/', service: name, resolver: 'dc1' }),
  ];
  const config = closing.keep(await ConfigDirectory.create({ 'definitions.yaml': definitions(service) }));
  const following = new ConsulSource({ demands: consulDemands, variables: {} });
  const start = async () => closing.keep(await ControlPlane.start(config.path, { asksConsul: true }, { following }));
  const status = async () => {
    const outcome = await send({ port, path: '/' });
    return 'status' in outcome ? outcome.status : 0;
  };
  return { agent, config, definitions, port, start, status };
}

test('nothing is published before Consul has answered, nor while it is asked for something new', async () => {
  const { agent, config, definitions, port, start, status } = await edge('old');
  const [old, young] = [closing.keep(await Upstream.start()), closing.keep(await Upstream.start())];
  const plane = await start();
  await eventually('Consul is asked', () => Promise.resolve(agent.requests.length > 0 || undefined));
  expect(plane.reports).toEqual([]);
  agent.says('/v1/health/service/old', { body: [instance(old.port)] });
  const envoy = closing.keep(await connectedEnvoy(plane.xdsPort));
  await envoy.admin.listening(port);
  await eventually('it is served', async () => ((await status()) === 200 ? true : undefined));

  const asked = agent.requests.length;
  await config.write('definitions.yaml', definitions('young'));
  await eventually('Consul is asked for the other', () => Promise.resolve(agent.requests.length > asked || undefined));
  expect(await status()).toBe(200);
  agent.says('/v1/health/service/young', { body: [instance(young.port)] });
  await eventually('the other is served', async () => {
    expect(await status()).toBe(200);
    return young.requests.length > 0 ? true : undefined;
  });
  const told = plane.reports.flatMap(({ diagnostics }) => diagnostics.map(({ code }) => code));
  expect(told).not.toContain('CS7007');
});

test('a definition that is made worse goes on with the endpoints of its last good version', async () => {
  const { agent, config, definitions, port, start, status } = await edge('web');
  const [one, two] = [closing.keep(await Upstream.start()), closing.keep(await Upstream.start())];
  agent.says('/v1/health/service/web', { index: 1, body: [instance(one.port)] });
  const plane = await start();
  const envoy = closing.keep(await connectedEnvoy(plane.xdsPort));
  await envoy.admin.listening(port);
  await eventually('it is served', async () => ((await status()) === 200 ? true : undefined));
  await plane.change(() =>
    config.write(
      'definitions.yaml',
      definitions('web').map((each) =>
        'prefix' in (each as { spec: object }).spec ? { ...each, spec: { service: 7 } } : each,
      ),
    ),
  );
  expect(await status()).toBe(200);
  agent.says('/v1/health/service/web', { index: 2, body: [instance(two.port)] });
  await eventually('the new instance is served', async () => {
    expect(await status()).toBe(200);
    return two.requests.length > 0 ? true : undefined;
  });
});
