import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { bootstrapDocument, bootstrapYaml, parseXdsAddress, xdsTlsFiles } from '../../src/cli/bootstrap-document';

const envoyDir = join(__dirname, '..', '..', 'envoy');

describe('bootstrapDocument', () => {
  test.each(['edge', 'sidecar'] as const)('envoy/%s.yaml is what the command prints by default', (role) => {
    expect(readFileSync(join(envoyDir, `${role}.yaml`), 'utf8')).toBe(bootstrapYaml(bootstrapDocument({ role })));
  });

  test('puts node id, ambassador_id, xDS address and admin port where Envoy reads them', () => {
    const document = bootstrapDocument({
      role: 'sidecar',
      nodeId: 'payments-1',
      ambassadorId: 'payments',
      xds: { host: 'countersign.mesh', port: 18010 },
      adminPort: 19000,
    });
    expect(document).toMatchObject({
      node: { id: 'payments-1', cluster: 'sidecar', metadata: { ambassador_id: 'payments' } },
      admin: { address: { socket_address: { address: '127.0.0.1', port_value: 19000 } } },
      static_resources: {
        clusters: [
          { type: 'STRICT_DNS', load_assignment: endpoint({ address: 'countersign.mesh', port_value: 18010 }) },
        ],
      },
    });
  });

  test('speaks cleartext to the control plane only when no folder of certificates is given', () => {
    const { clusters } = bootstrapDocument({ role: 'edge' })['static_resources'] as { clusters: object[] };
    expect(clusters).toHaveLength(1);
    expect(clusters[0]).not.toHaveProperty('transport_socket');
  });

  test.each([
    [{ host: 'countersign', port: 1 }, { san_type: 'DNS', matcher: { exact: 'countersign' } }, 'countersign'],
    [{ host: '10.0.0.7', port: 1 }, { san_type: 'IP_ADDRESS', matcher: { exact: '10.0.0.7' } }, undefined],
    [{ host: '::1', port: 1 }, { san_type: 'IP_ADDRESS', matcher: { exact: '::1' } }, undefined],
  ])('checks the name of the control plane at %j', (xds, matcher, sni) => {
    const socket = tlsSocket(bootstrapDocument({ role: 'edge', xds, xdsTlsDir: '/tls' }));
    expect(socket.sni).toBe(sni);
    expect(socket.common_tls_context).toMatchObject({
      combined_validation_context: { default_validation_context: { match_typed_subject_alt_names: [matcher] } },
    });
  });

  test('reads certificates through SDS files, which lie beside them unless told otherwise', () => {
    const paths = (document: object) =>
      [...JSON.stringify(document).matchAll(/"path":"([^"]+)"/g)].map((match) => match[1]);
    const beside = bootstrapDocument({ role: 'edge', xdsTlsDir: '/tls' });
    expect(paths(beside)).toEqual(expect.arrayContaining(xdsTlsFiles('/tls').map((file) => file.path)));
    const apart = bootstrapDocument({ role: 'edge', xdsTlsDir: '/tls', sdsDir: '/sds' });
    expect(paths(apart)).toEqual(expect.arrayContaining(xdsTlsFiles('/tls', '/sds').map((file) => file.path)));
    expect(paths(apart).filter((path) => path?.startsWith('/tls'))).toEqual([]);
  });
});

describe('bootstrapYaml', () => {
  test.each([
    'n',
    'on',
    'No',
    '~',
    'null',
    '1',
    '0o7',
    '017',
    '1_000',
    '1:30',
    '1e3',
    '2026-01-01',
    '.inf',
    ' x',
    '#',
    "'",
    '"',
    '=',
    '<<',
    '',
  ])('keeps the node id %j a string for a reader of YAML 1.1', (nodeId) => {
    const text = bootstrapYaml(bootstrapDocument({ role: 'edge', nodeId }));
    for (const version of ['1.1', '1.2'] as const) {
      expect(parse(text, { version })).toMatchObject({ node: { id: nodeId } });
    }
  });
});

describe('parseXdsAddress', () => {
  test.each([
    ['127.0.0.1:18000', { host: '127.0.0.1', port: 18000 }],
    ['countersign.mesh:443', { host: 'countersign.mesh', port: 443 }],
    ['[::1]:18000', { host: '::1', port: 18000 }],
    ['unix:/run/countersign.sock', { path: '/run/countersign.sock' }],
  ])('reads %s', (text, address) => {
    expect(parseXdsAddress(text)).toEqual(address);
  });

  test.each([
    '',
    'countersign',
    ':18000',
    'h:',
    'h:0',
    'h:65536',
    'h:99999999',
    '::1:18000',
    '[h]:1',
    'http://h:1',
    'h:1/',
    'unix:',
  ])('refuses %j', (text) => {
    expect(parseXdsAddress(text)).toBeUndefined();
  });
});

function endpoint(socketAddress: object): object {
  return { endpoints: [{ lb_endpoints: [{ endpoint: { address: { socket_address: socketAddress } } }] }] };
}

interface TlsSocket {
  readonly sni?: string;
  readonly common_tls_context: object;
}

function tlsSocket(document: object): TlsSocket {
  const { static_resources: resources } = document as {
    static_resources: { clusters: { transport_socket: { typed_config: TlsSocket } }[] };
  };
  const socket = resources.clusters[0]?.transport_socket.typed_config;
  if (socket === undefined) throw new Error('the bootstrap has no xDS cluster');
  return socket;
}
