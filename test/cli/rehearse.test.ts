import { SilentServer } from '../support/silent-server';
import { countersign, definition, folder, UPSTREAM_CERTS } from './support/command';

const LISTENER = definition('Listener', 'http', {
  port: 8080,
  protocol: 'HTTP',
  securityModel: 'XFP',
  hostBinding: { namespace: { from: 'ALL' } },
});
const HOST = definition('Host', 'all', { hostname: '*', requestPolicy: { insecure: { action: 'Route' } } });
const CONTEXT = definition('TLSContext', 'ctx', { hosts: [], secret: 'upstream-certs', sni: 'upstream.test' });

function mapping(name: string, service: string, spec: object = { tls: 'ctx' }): string {
  return definition('Mapping', name, { hostname: '*', prefix: `/${name}/`, service, ...spec });
}

const configuration = (...texts: readonly string[]) =>
  folder({ 'a.yaml': [LISTENER, HOST, CONTEXT, ...texts].join('') });

let silent: SilentServer;
beforeAll(async () => {
  silent = await SilentServer.start();
});
afterAll(() => silent.stop());

test('a cluster in cleartext is listed, and not connected to', async () => {
  const before = silent.connections;
  const config = configuration(mapping('plain', `127.0.0.1:${silent.port}`, {}));
  const { code, stdout } = await countersign(['rehearse', config, UPSTREAM_CERTS]);
  expect({ code, stdout }).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/Mapping default\/plain.*\n {2}no TLS: not rehearsed\n/),
  });
  expect(silent.connections).toBe(before);
});

test('Mappings that share a cluster are one handshake that names them all', async () => {
  const service = `127.0.0.1:${silent.port}`;
  const config = configuration(mapping('a', service), mapping('b', service));
  const before = silent.connections;
  const { code, stdout } = await countersign(['rehearse', '--timeout-ms', '100', config, UPSTREAM_CERTS]);
  expect(code).toBe(1);
  expect(stdout).toContain('(Mapping default/a, Mapping default/b)');
  expect(stdout).toMatch(
    /not reached: the connection stands, but nothing answers our ClientHello\n {4}Mapping default\/a \S+a\.yaml:\d+:\d+\n/,
  );
  expect(silent.connections).toBe(before + 1);
});

test('--to connects elsewhere, --mapping and --cluster choose', async () => {
  const config = configuration(mapping('a', 'a.invalid:443'), mapping('b', 'b.invalid:443'));
  const flags = ['rehearse', '--format', 'json', '--timeout-ms', '100', config, UPSTREAM_CERTS];
  const chosen = async (...more: readonly string[]) => {
    const { stdout } = await countersign([...flags, ...more]);
    return JSON.parse(stdout) as {
      schemaVersion: number;
      clusters: { cluster: string; users: { name: string }[]; handshakes: { target: string; outcome: string }[] }[];
    };
  };
  const { schemaVersion, clusters } = await chosen('--mapping', 'default/b', '--to', `127.0.0.1:${silent.port}`);
  expect(schemaVersion).toBe(1);
  expect(clusters).toMatchObject([
    { users: [{ name: 'b' }], handshakes: [{ target: `127.0.0.1:${silent.port}`, outcome: 'not reached' }] },
  ]);
  const again = await chosen('--cluster', clusters[0]?.cluster ?? '', '--to', `127.0.0.1:${silent.port}`);
  expect(again.clusters.map(({ users }) => users[0]?.name)).toEqual(['b']);
});

test('no endpoint is no handshake', async () => {
  const service = definition('Service', 'empty', { ports: [{ port: 443 }] });
  const resolver = definition('KubernetesEndpointResolver', 'endpoints', {});
  const config = configuration(service, resolver, mapping('a', 'empty:443', { tls: 'ctx', resolver: 'endpoints' }));
  expect(await countersign(['rehearse', config, UPSTREAM_CERTS])).toMatchObject({
    stdout: expect.stringContaining('no endpoint'),
  });
});

test('each endpoint is a handshake', async () => {
  const service = definition('Service', 'pay', { ports: [{ port: 443 }] });
  const endpoints = JSON.stringify({
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: { name: 'pay' },
    subsets: [{ addresses: [{ ip: '127.0.0.1' }, { ip: '127.0.0.2' }], ports: [{ port: silent.port }] }],
  });
  const resolver = definition('KubernetesEndpointResolver', 'endpoints', {});
  const config = configuration(
    service,
    resolver,
    `---\n${endpoints}\n`,
    mapping('a', 'pay:443', { tls: 'ctx', resolver: 'endpoints' }),
  );
  const { stdout } = await countersign(['rehearse', '--timeout-ms', '200', config, UPSTREAM_CERTS]);
  expect(stdout).toMatch(new RegExp(`127\\.0\\.0\\.1:${silent.port} {2}not reached`));
  expect(stdout).toMatch(new RegExp(`127\\.0\\.0\\.2:${silent.port} {2}not reached`));
  expect(stdout).toContain('handshakes: 2, of which go through: 0');
});

test('what is out of service is told, and counts', async () => {
  const config = configuration(mapping('a', 'a.invalid:443', { tls: 'nowhere' }));
  const { code, stdout } = await countersign(['rehearse', config, UPSTREAM_CERTS]);
  expect(code).toBe(1);
  expect(stdout).toMatch(/\d+ errors of definitions: `countersign validate` names them/);
});

test('nothing that is printed is a private key', async () => {
  const config = configuration(mapping('a', `127.0.0.1:${silent.port}`));
  for (const format of ['text', 'json']) {
    const { stdout, stderr } = await countersign([
      'rehearse',
      '--timeout-ms',
      '50',
      '--format',
      format,
      config,
      UPSTREAM_CERTS,
    ]);
    expect(stdout + stderr).not.toMatch(/PRIVATE KEY|MIG[A-Za-z0-9+/]{20}/);
  }
});

test.each<readonly string[]>([
  ['--to', 'nowhere'],
  ['--to', 'host:0'],
  ['--to', 'host:70000'],
  ['--timeout-ms', '0'],
  ['--cluster', 'nothing'],
  ['--mapping', 'nothing'],
  ['/nowhere'],
])('wrong usage: %s %s', async (...flags) => {
  expect((await countersign(['rehearse', ...flags, configuration(), UPSTREAM_CERTS])).code).toBe(3);
});
