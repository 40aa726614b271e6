import { countersign } from '../cli/support/command';
import { Closing } from '../support/closing';
import { ConfigDirectory } from '../support/config-directory';
import { connectedEnvoy } from '../support/connected-envoy';
import { ControlPlane } from '../support/control-plane';
import { host, keyPair, listener, secret } from '../support/definitions';
import { issueLeaf, rootCa } from '../support/issuance';
import { freePort } from '../support/port';

// `certs --from-server`: what real Envoys acknowledged, beside what the input holds.

const closing = new Closing();
afterAll(() => closing.close());

test('certs says which Envoys hold which serial number', async () => {
  const ca = await rootCa();
  const [port, served, next] = [
    await freePort(),
    await issueLeaf(ca, { name: 'edge.test' }),
    await issueLeaf(ca, { name: 'edge.test' }),
  ];
  const definitions = [
    listener(port, { protocol: 'HTTPS', securityModel: 'SECURE' }),
    host('edge', { hostname: 'edge.test', tlsSecret: { name: 'pair' }, tls: { ca_secret: 'ca', cert_required: true } }),
    secret('ca', { 'ca.crt': ca.certificatePem }),
  ];
  const config = closing.keep(
    await ConfigDirectory.create({ 'definitions.yaml': definitions, 'pair.yaml': [keyPair('pair', served)] }),
  );
  const other = closing.keep(
    await ConfigDirectory.create({ 'definitions.yaml': definitions, 'pair.yaml': [keyPair('pair', next)] }),
  );
  const plane = closing.keep(await ControlPlane.start(config.path));
  const envoy = closing.keep(await connectedEnvoy(plane.xdsPort));
  await envoy.admin.listening(port);
  await plane.admin.inStep('edge');
  const now = new Date().toISOString();
  const certs = async (...args: string[]) =>
    await countersign(['certs', ...args, '--from-server', `http://127.0.0.1:${plane.adminPort}`], { now });

  const list = await certs('list', config.path);
  expect(list).toMatchObject({ code: 0, stderr: '' });
  expect(list.stdout).toMatch(/^default\/pair +certificate .* 1\/1 +Host default\/edge$/m);
  expect(list.stdout).toMatch(/^default\/ca +ca .* 1\/1 +Host default\/edge$/m);
  const show = await certs('show', 'pair', config.path);
  expect(show.stdout).toContain(`  on the wire: Envoy edge (default) serial ${served.serial}, acknowledged\n`);

  const ahead = await certs('list', other.path);
  expect(ahead.stdout).toMatch(/^default\/pair +certificate .* 0\/1 +Host default\/edge$/m);
  expect(ahead.stdout).toContain(
    `certificate default/pair: Envoy edge (default) serial ${served.serial}, acknowledged, not what is in the input\n`,
  );
  await config.write('pair.yaml', [keyPair('pair', next)]);
  await envoy.admin.serving(next.serial);
  await plane.admin.inStep('edge');
  const { stdout } = await certs('list', '--format', 'json', other.path);
  const { items } = JSON.parse(stdout) as { items: { name: string; wire: object[] }[] };
  expect(items.find(({ name }) => name === 'default/pair')?.wire).toMatchObject([
    { node: 'edge', group: 'default', status: 'SYNCED', serial: next.serial, inStep: true },
  ]);

  await envoy.stop();
  await plane.log.line('it is gone', ({ msg }) => msg === 'stream closed');
  expect((await certs('show', 'pair', other.path)).stdout).toContain('on the wire: no Envoy has it\n');
});

test.each([
  ['nothing listens', 'http://127.0.0.1:1', /can't be asked/],
  ['no address', 'nowhere', /not an address such as/],
  ['a file', 'file:///etc/passwd', /not an address such as/],
])('a server that can’t be asked: %s', async (_what, url, said) => {
  const config = closing.keep(await ConfigDirectory.create({ 'a.yaml': [listener(1)] }));
  const { code, stderr } = await countersign(['certs', 'list', '--from-server', url, config.path]);
  expect(code).toBe(3);
  expect(stderr).toMatch(said);
});
