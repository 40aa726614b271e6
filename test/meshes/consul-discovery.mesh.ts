import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { send } from '../support/client';
import { Closing } from '../support/closing';
import { ConfigDirectory } from '../support/config-directory';
import { connectedEnvoy } from '../support/connected-envoy';
import { host, listener, mapping, tlsContext } from '../support/definitions';
import { eventually } from '../support/eventually';
import { freePort } from '../support/port';
import { ServeProcess } from '../support/serve-process';
import { Upstream } from '../support/upstream';
import { ConsulAgent } from './support/consul-agent';
import { Relay } from './support/relay';

const TOKEN = '11111111-2222-3333-4444-555555555555';

const closing = new Closing();
afterEach(() => closing.close());

function resolver(name: string, spec: object): object {
  return { apiVersion: 'getambassador.io/v3alpha1', kind: 'ConsulResolver', metadata: { name }, spec };
}

/** An edge Envoy under a control plane with these definitions, besides a Listener and a Host for everything. */
async function edge(definitions: readonly object[], args: readonly string[] = []) {
  const port = await freePort();
  const config = closing.keep(
    await ConfigDirectory.create({
      'definitions.yaml': [
        listener(port, { protocol: 'HTTP', securityModel: 'INSECURE' }),
        host('all', { hostname: '*', requestPolicy: { insecure: { action: 'Route' } } }),
        ...definitions,
      ],
    }),
  );
  const plane = closing.keep(await ServeProcess.start(config.path, { args }));
  const envoy = closing.keep(await connectedEnvoy(plane.xdsPort));
  await envoy.admin.listening(port);
  const statusOf = async (path: string) => {
    const outcome = await send({ port, path });
    return 'status' in outcome ? outcome.status : 0;
  };
  const answers = (path: string, status: number) =>
    eventually(`${path} is answered with ${status}`, async () =>
      (await statusOf(path)) === status ? true : undefined,
    );
  return { config, plane, envoy, statusOf, answers };
}

test('services by name, scheme, port, tag and datacenter; health and weights count', async () => {
  const consul = closing.keep(await ConsulAgent.start());
  const [heavy, light] = [closing.keep(await Upstream.start()), closing.keep(await Upstream.start())];
  const instance = (id: string, port: number, more: object) =>
    consul.ask('PUT', '/agent/service/register', { ID: id, Name: 'web', Address: '127.0.0.1', Port: port, ...more });
  await instance('heavy', heavy.port, { Weights: { Passing: 9, Warning: 1 }, Tags: ['blue', 'v2'] });
  await instance('light', light.port, { Check: { TTL: '10m', Status: 'passing' }, Tags: ['green', 'v2'] });
  const { plane, statusOf, answers } = await edge([
    resolver('dc1', { address: consul.address, datacenter: 'dc1' }),
    resolver('green', { address: consul.address, tags: ['green', 'v2'] }),
    resolver('elsewhere', { address: consul.address, datacenter: 'dc7' }),
    mapping('web', { prefix: '/web/', service: 'http://web:1234', resolver: 'dc1' }),
    mapping('green', { prefix: '/green/', service: 'web', resolver: 'green' }),
    mapping('nobody', { prefix: '/nobody/', service: 'nobody', resolver: 'dc1' }),
    mapping('elsewhere', { prefix: '/elsewhere/', service: 'web', resolver: 'elsewhere' }),
  ]);
  await answers('/web/', 200);
  await answers('/green/', 200);
  // It is not there; and what is not known is out of service, and told.
  expect(await statusOf('/nobody/')).toBe(503);
  expect(await statusOf('/elsewhere/')).toBe(503);
  for (const code of ['CS7008', 'CS7009', 'CS7020']) await plane.admin.finding(code);

  const before = { heavy: heavy.requests.length, light: light.requests.length };
  for (let request = 0; request < 50; request += 1) expect(await statusOf('/web/')).toBe(200);
  expect(heavy.requests.length - before.heavy).toBeGreaterThan(3 * (light.requests.length - before.light));

  await consul.ask('PUT', '/agent/check/fail/service:light');
  await answers('/green/', 503);
  const lightBefore = light.requests.length;
  for (let request = 0; request < 20; request += 1) expect(await statusOf('/web/')).toBe(200);
  expect(light.requests.length).toBe(lightBefore);
});

test('what the ACLs hide stays in service; a token in a file is read anew', async () => {
  const consul = closing.keep(await ConsulAgent.start({ managementToken: TOKEN }));
  const upstream = closing.keep(await Upstream.start());
  await consul.ask('PUT', '/agent/service/register', { Name: 'web', Address: '127.0.0.1', Port: upstream.port });
  const policy = (Rules: string) => ({ Name: 'edge', Rules });
  const { ID } = (await consul.ask(
    'PUT',
    '/acl/policy',
    policy('service_prefix "" { policy = "read" } node_prefix "" { policy = "read" }'),
  )) as { readonly ID: string };
  const { SecretID } = (await consul.ask('PUT', '/acl/token', { Policies: [{ ID }] })) as { readonly SecretID: string };
  const folder = mkdtempSync(join(tmpdir(), 'countersign-token-'));
  const tokenFile = join(folder, 'token');
  writeFileSync(tokenFile, '22222222-2222-3333-4444-555555555555\n', { mode: 0o600 });

  const relay = closing.keep(await Relay.start(Number(new URL(consul.address).port)));
  const { plane, statusOf, answers } = await edge([
    resolver('dc1', { address: `127.0.0.1:${relay.port}`, token_file: tokenFile }),
    tlsContext('mesh', { consul: { resolver: 'dc1', service: 'edge' } }),
    mapping('web', { prefix: '/web/', service: 'web', resolver: 'dc1' }),
    mapping('mesh', { prefix: '/mesh/', service: 'web', resolver: 'dc1', tls: 'mesh' }),
  ]);
  // No such token: Consul refuses, and nothing is known.
  expect(await statusOf('/web/')).toBe(503);
  await plane.admin.finding('CS7007');
  writeFileSync(tokenFile, `${SecretID}\n`);
  await answers('/web/', 200);
  // It may not be `edge`.
  const refused = await eventually('the certificate is refused', async () =>
    (await plane.admin.status()).diagnostics.find(({ message }) => message.includes('the certificate of "edge": 403')),
  );
  expect(refused.code).toBe('CS7020');
  expect(await statusOf('/mesh/')).toBe(503);

  await consul.ask('PUT', `/acl/policy/${ID}`, policy('node_prefix "" { policy = "read" }'));
  // So that Consul is asked anew.
  relay.cut();
  await plane.admin.finding('CS7021', true, 30_000);
  expect(await statusOf('/web/')).toBe(200);
  expect(plane.log.text).not.toContain(SecretID);
  rmSync(folder, { recursive: true });
});

test('with --state, a restart while Consul is away goes on with what it said', async () => {
  const consul = closing.keep(await ConsulAgent.start());
  const upstream = closing.keep(await Upstream.start());
  await consul.ask('PUT', '/agent/service/register', { Name: 'web', Address: '127.0.0.1', Port: upstream.port });
  const folder = mkdtempSync(join(tmpdir(), 'countersign-state-'));
  const key = join(folder, 'key');
  writeFileSync(key, randomBytes(32).toString('hex'), { mode: 0o600 });
  const args = ['--state', join(folder, 'state'), '--state-key', key];
  const { config, plane, statusOf, answers } = await edge(
    [
      resolver('dc1', { address: consul.address }),
      mapping('web', { prefix: '/web/', service: 'web', resolver: 'dc1' }),
    ],
    args,
  );
  await answers('/web/', 200);
  const { xdsPort } = plane;
  await plane.stop();
  await consul.kill();
  const second = closing.keep(await ServeProcess.start(config.path, { xdsPort, args }));
  await second.admin.finding('CS7020');
  await second.admin.inStep('edge');
  expect(await statusOf('/web/')).toBe(200);
  rmSync(folder, { recursive: true });
});

test('the names of Ambassador’s how-to work without its connector, by the implicit resolver too', async () => {
  const consul = closing.keep(await ConsulAgent.start());
  const upstream = closing.keep(await Upstream.start());
  const sidecarPort = await freePort();
  await consul.ask('PUT', '/config', { Kind: 'service-defaults', Name: 'web', Protocol: 'http' });
  await consul.register('web', upstream.port, sidecarPort);
  const sidecar = closing.keep(await consul.sidecar('web'));
  await sidecar.admin.listening(sidecarPort);
  const { plane, answers } = await edge(
    [
      mapping('web', {
        prefix: '/',
        service: 'web-sidecar-proxy',
        resolver: 'consul',
        tls: 'ambassador-consul',
        load_balancer: { policy: 'round_robin' },
      }),
    ],
    ['--consul', consul.address],
  );
  await answers('/', 200);
  await plane.admin.finding('CS7012');
  const seen = upstream.requests.at(-1)?.headers['x-forwarded-client-cert'] ?? '';
  expect(seen).toContain('/svc/ambassador');
});
