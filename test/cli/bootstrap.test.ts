import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { countersign, folder } from './support/command';

interface Bootstrap {
  readonly node: {
    readonly id: string;
    readonly cluster: string;
    readonly metadata: { readonly ambassador_id: string };
  };
  readonly admin: {
    readonly address: { readonly socket_address: { readonly address: string; readonly port_value: number } };
  };
}

async function bootstrap(...flags: readonly string[]): Promise<Bootstrap> {
  const { code, stdout, stderr } = await countersign(['bootstrap', ...flags]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return parse(stdout) as Bootstrap;
}

test.each([
  ['edge', 'default', 9901],
  ['sidecar', 'sidecar', 9902],
])('--role %s: its ambassador_id is %s, its admin port %i on loopback', async (role, id, port) => {
  const document = await bootstrap('--role', role);
  expect(document.node).toEqual({ id: role, cluster: role, metadata: { ambassador_id: id } });
  expect(document.admin.address.socket_address).toEqual({ address: '127.0.0.1', port_value: port });
});

test('every part can be chosen', async () => {
  const flags = ['--node-id', 'pay-1', '--ambassador-id', 'pay', '--xds', 'unix:/run/xds.sock', '--admin-port', '0'];
  const document = await bootstrap('--role', 'sidecar', ...flags);
  expect(document.node).toMatchObject({ id: 'pay-1', metadata: { ambassador_id: 'pay' } });
  expect(document.admin.address.socket_address.port_value).toBe(0);
  expect(JSON.stringify(document)).toContain('{"pipe":{"path":"/run/xds.sock"}}');
});

test('a node id that looks like a boolean stays a string', async () => {
  const { stdout } = await countersign(['bootstrap', '--role', 'edge', '--node-id', 'n']);
  expect(stdout).toContain('id: "n"');
});

test('--xds-tls-dir without --out says which files Envoy needs beside the bootstrap', async () => {
  const { code, stdout, stderr } = await countersign([
    'bootstrap',
    '--role',
    'edge',
    '--xds-tls-dir',
    '/etc/envoy/xds',
  ]);
  expect(code).toBe(0);
  expect(stdout).toContain('"/etc/envoy/xds/xds_certificate.sds.json"');
  expect(stderr.trim().split('\n')).toEqual([
    'countersign: Envoy needs /etc/envoy/xds/xds_certificate.sds.json too; --out writes it',
    'countersign: Envoy needs /etc/envoy/xds/xds_trust.sds.json too; --out writes it',
  ]);
});

test('--out writes the bootstrap and those files, and prints nothing', async () => {
  const out = join(folder(), 'deep/er');
  const output = await countersign(['bootstrap', '--role', 'edge', '--xds-tls-dir', '/etc/envoy/xds', '--out', out]);
  expect(output).toEqual({ code: 0, stdout: '', stderr: '' });
  expect(readdirSync(out).toSorted()).toEqual(['bootstrap.yaml', 'xds_certificate.sds.json', 'xds_trust.sds.json']);
  expect(readFileSync(join(out, 'bootstrap.yaml'), 'utf8')).toContain(join(out, 'xds_trust.sds.json'));
  expect(readFileSync(join(out, 'xds_certificate.sds.json'), 'utf8')).toContain('"/etc/envoy/xds/tls.key"');
});
