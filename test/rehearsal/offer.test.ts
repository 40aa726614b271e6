import type { Cluster } from '../../src/ir/cluster';
import type { UpstreamTls } from '../../src/ir/tls';
import { offerOf } from '../../src/rehearsal/offer';

const NOTHING: UpstreamTls = { cipherSuites: [], ecdhCurves: [], alpnProtocols: [] };

function cluster(kind: string, http2 = false): Pick<Cluster, 'settings' | 'origins'> {
  const location = { file: 'a.yaml', line: 1, column: 1 };
  return {
    settings: { connectTimeoutMs: 3000, http2 },
    origins: [{ kind, namespace: 'default', name: 'a', location }],
  };
}

test.each<[Partial<UpstreamTls>, string, string]>([
  [{}, 'v1.2', 'v1.2'],
  [{ maxVersion: 'v1.3' }, 'v1.2', 'v1.3'],
  [{ minVersion: 'v1.3' }, 'v1.3', 'v1.3'],
  [{ maxVersion: 'v1.1' }, 'v1.1', 'v1.1'],
  [{ minVersion: 'v1.0' }, 'v1.0', 'v1.2'],
])('versions: %j', (tls, minVersion, maxVersion) => {
  expect(offerOf({ ...NOTHING, ...tls }, cluster('Mapping'))).toMatchObject({ minVersion, maxVersion });
});

test.each<[string, boolean, readonly string[], readonly string[]]>([
  ['Mapping', false, [], ['http/1.1']],
  ['Mapping', true, [], ['h2']],
  ['TCPMapping', false, [], []],
  ['TCPMapping', false, ['mqtt'], ['mqtt']],
  ['Mapping', true, ['http/1.1'], ['http/1.1']],
])('ALPN of a %s, HTTP/2 %s, with %j', (kind, http2, alpnProtocols, expected) => {
  expect(offerOf({ ...NOTHING, alpnProtocols }, cluster(kind, http2)).alpnProtocols).toEqual(expected);
});

test('suites of equal preference are told one by one', () => {
  const tls = { ...NOTHING, cipherSuites: ['[ECDHE-RSA-AES128-GCM-SHA256|ECDHE-RSA-CHACHA20-POLY1305]', 'AES128-SHA'] };
  expect(offerOf(tls, cluster('Mapping')).cipherSuites).toEqual([
    'ECDHE-RSA-AES128-GCM-SHA256',
    'ECDHE-RSA-CHACHA20-POLY1305',
    'AES128-SHA',
  ]);
});
