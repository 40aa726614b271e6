import { type ClusterIdentity, clusterName, clusterStem } from '../../src/ir/cluster-name';
import { fixtureSecret, text } from '../support/decoded';
import { irOf } from './build';

const identity: ClusterIdentity = {
  host: 'quote.team',
  port: 443,
  resolver: 'kubernetes-service',
  tls: 'team/edge',
  settings: { connectTimeoutMs: 3000, http2: false },
};

test('the stem is the host, the port and the context, in characters that statistics can take', () => {
  expect(clusterStem(identity)).toBe('quote.team_443_edge');
  expect(clusterStem({ ...identity, tls: '-' })).toBe('quote.team_443_tls');
  expect(clusterStem({ ...identity, host: '2001:db8::1', tls: 'a/b c' })).toBe('2001_db8__1_443_b_c');
  expect(clusterStem({ ...identity, host: 'h'.repeat(200) })).toHaveLength(80);
});

test.each<[string, Partial<ClusterIdentity>]>([
  ['host', { host: 'other' }],
  ['port', { port: 8443 }],
  ['resolver', { resolver: 'endpoint' }],
  ['TLSContext', { tls: 'team/other' }],
  ['namespace of the TLSContext', { tls: 'other/edge' }],
  ['connect timeout', { settings: { ...identity.settings, connectTimeoutMs: 1 } }],
  ['HTTP/2', { settings: { ...identity.settings, http2: true } }],
  ['name in statistics', { settings: { ...identity.settings, statsName: 'quote' } }],
])('another %s makes another cluster', (_what, change) => {
  expect(clusterName({ ...identity, ...change })).not.toBe(clusterName(identity));
});

test('names that are written differently and clean up alike stay apart', () => {
  const [dot, dash] = [clusterName({ ...identity, host: 'a:b' }), clusterName({ ...identity, host: 'a_b' })];
  expect(clusterStem({ ...identity, host: 'a:b' })).toBe(clusterStem({ ...identity, host: 'a_b' }));
  expect(dot).not.toBe(dash);
});

describe('in a whole configuration', () => {
  const context = (name: string, spec: object) => text('TLSContext', spec, { name });
  const mapping = (name: string, spec: object) =>
    text('Mapping', { hostname: '*', prefix: `/${name}`, service: 'https://quote', ...spec }, { name });
  const secrets = [fixtureSecret('client-ec', 'one'), fixtureSecret('client-rsa', 'two'), fixtureSecret('ca', 'ca')];
  const names = (...texts: readonly string[]) => irOf([...secrets, ...texts]).clusters.map(({ name }) => name);

  test('two TLSContexts to one service never share a cluster, and with it a certificate', () => {
    const { clusters } = irOf([
      ...secrets,
      context('a', { secret: 'one' }),
      context('b', { secret: 'two' }),
      mapping('a', { tls: 'a' }),
      mapping('b', { tls: 'b' }),
    ]);
    expect(clusters.map(({ tls }) => tls?.clientCertificate)).toEqual(['default/one', 'default/two']);
  });

  test('Mappings that agree on everything share one', () => {
    expect(
      names(context('a', { secret: 'one' }), mapping('x', { tls: 'a' }), mapping('y', { tls: 'a', timeout_ms: 5 })),
    ).toHaveLength(1);
  });

  test('editing what a TLSContext says keeps the name', () => {
    const before = names(context('a', { secret: 'one' }), mapping('x', { tls: 'a' }));
    const after = names(
      context('a', { secret: 'two', ca_secret: 'ca', verify: { hostname: 'quote' } }),
      mapping('x', { tls: 'a' }),
    );
    expect(after).toEqual(before);
  });
});
