import type { Cluster } from '../../src/ir/cluster';
import { sdsServerName, sdsServers } from '../../src/ir/sds-server';
import type { UpstreamTls } from '../../src/ir/tls';

const SOCKET = '/var/run/secrets/workload-spiffe-uds/socket';

function cluster(tls: Partial<UpstreamTls>): Cluster {
  return {
    name: 'a',
    altStatName: 'a',
    discovery: { type: 'static', address: '10.0.0.1', port: 80 },
    settings: { connectTimeoutMs: 3000, http2: false },
    tls: { cipherSuites: [], ecdhCurves: [], alpnProtocols: [], ...tls },
    origins: [],
  };
}

test('the name of a server is that of its socket for ever: Envoy’s subscriptions are under it', () => {
  expect(sdsServerName(SOCKET)).toBe('sds_var_run_secrets_workload-spiffe-uds_socket_24657116');
});

test('sockets that look alike have names of their own', () => {
  const names = ['/run/a/b', '/run/a_b', `/${'x'.repeat(80)}/a`, `/${'y'.repeat(80)}/a`].map(sdsServerName);
  expect(new Set(names).size).toBe(4);
});

test('one cluster for each socket, and none for what the control plane serves', () => {
  const verification = { trustedCa: { socket: SOCKET, name: 'ROOTCA' }, subjectAltNames: [] };
  const both = sdsServers(cluster({ clientCertificate: { socket: SOCKET, name: 'default' }, verification }));
  expect(both).toMatchObject([{ name: sdsServerName(SOCKET), discovery: { type: 'socket', path: SOCKET } }]);
  expect(sdsServers(cluster({ clientCertificate: 'default/client' }))).toEqual([]);
  expect(sdsServers(cluster({}))).toEqual([]);
});
