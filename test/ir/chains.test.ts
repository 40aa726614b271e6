import { buildIr } from '../../src/ir/build';
import type { Ir } from '../../src/ir/ir';
import type { Route, VirtualHost } from '../../src/ir/route-configuration';
import { DEFAULT_POLICY } from '../../src/resolution/policy';
import { fixtureSecret, text } from '../support/decoded';
import { judged } from '../validation/findings';
import { irOf, virtualHosts } from './build';

const SERVER = fixtureSecret('server-ec', 'server');
const BROKEN = fixtureSecret('cs2004-mismatch', 'broken');
const CA = fixtureSecret('ca', 'ca');

const host = (name: string, spec: object) => text('Host', spec, { name });
const mapping = (name: string, spec: object) => text('Mapping', { prefix: '/', service: name, ...spec }, { name });
const https = (securityModel = 'SECURE') =>
  text(
    'Listener',
    { port: 8443, protocol: 'HTTPS', securityModel, hostBinding: { namespace: { from: 'ALL' } } },
    { name: 'https' },
  );
const http = text(
  'Listener',
  { port: 8080, protocol: 'HTTP', securityModel: 'XFP', hostBinding: { namespace: { from: 'ALL' } } },
  { name: 'http' },
);
const insecure = (action: string) => ({ requestPolicy: { insecure: { action } } });

/** What a route does, in one word: the cluster without its hash, the status of an answer, or a redirect. */
function outcome({ action }: Route): string {
  if (action.type === 'forward') return action.cluster.replace(/_80_.*$/, '');
  return action.type === 'redirect' ? `redirect ${action.status}` : String(action.status);
}

/** Domains of each virtual host with what its routes do, in order. */
function summary(hosts: readonly VirtualHost[] | undefined): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries((hosts ?? []).map(({ domains, routes }) => [domains.join(' '), routes.map(outcome)]));
}

describe('TLS chains', () => {
  const laxAndStrict = [
    SERVER,
    CA,
    https(),
    host('strict', {
      hostname: 'a.example.test',
      tlsSecret: { name: 'server' },
      tls: { ca_secret: 'ca', cert_required: true },
    }),
    host('lax', { hostname: '*.example.test', tlsSecret: { name: 'server' } }),
    mapping('strict', { hostname: 'a.example.test' }),
    mapping('lax', { hostname: '*.example.test' }),
  ];

  test('a server name reaches its own Host only; another’s, or nobody’s, is misdirected', () => {
    const ir = irOf(laxAndStrict);
    expect(summary(virtualHosts(ir, 8443, 'https-a.example.test'))).toMatchObject({
      'a.example.test': ['strict', 'lax'],
      '*': ['421'],
    });
    const lax = virtualHosts(ir, 8443, 'https-*.example.test');
    expect(lax?.find(({ domains }) => domains.includes('*.example.test'))?.routes.map(outcome)).toContain('lax');
    const misdirected = lax?.find(({ domains }) => domains.includes('a.example.test'));
    expect(misdirected?.routes.map(outcome)).toEqual(['421']);
    expect(misdirected?.domains).toContain('*');
  });

  test('each has its own demands on clients', () => {
    const chains = irOf(laxAndStrict).listeners[0]?.filterChains ?? [];
    const demands = chains.map(({ name, tls }) => [name, tls?.requireClientCertificate, tls?.verification?.trustedCa]);
    expect(demands).toEqual([
      ['https-*.example.test', false, undefined],
      ['https-a.example.test', true, 'default/ca/ca'],
    ]);
  });

  test('the name of a Host with a broken Secret closes connections, and does not fall to the wildcard', () => {
    const ir = irOf([
      SERVER,
      BROKEN,
      https(),
      host('broken', { hostname: 'a.example.test', tlsSecret: { name: 'broken' } }),
      host('wild', { hostname: '*.example.test', tlsSecret: { name: 'server' } }),
    ]);
    const actions = ir.listeners[0]?.filterChains.map(({ match, action }) => [match.serverNames[0], action.type]);
    expect(actions).toEqual([
      ['*.example.test', 'http'],
      ['a.example.test', 'blocked'],
    ]);
  });

  test('a Host without a certificate has none', () => {
    const ir = irOf([
      https('XFP'),
      host('plain', { hostname: 'a.test', ...insecure('Route') }),
      mapping('x', { hostname: 'a.test' }),
    ]);
    expect(ir.listeners[0]?.filterChains.map(({ name }) => name)).toEqual(['http']);
  });
});

describe('cleartext', () => {
  const secured = { hostname: 'a.test', tlsSecret: { name: 'server' } };
  const acme = mapping('acme', { hostname: 'a.test', prefix: '/.well-known/acme-challenge/' });
  const cleartext = (spec: object, ...more: readonly string[]) =>
    summary(
      virtualHosts(
        irOf([SERVER, CA, http, host('a', spec), mapping('x', { hostname: 'a.test' }), ...more]),
        8080,
        'http',
      ),
    );

  test.each([
    ['Redirect', ['redirect 301']],
    ['Route', ['x']],
    ['Reject', []],
  ])('%s', (action, expected) => {
    expect(cleartext({ ...secured, ...insecure(action) })).toEqual({ 'a.test': expected });
  });

  test('is redirected unless the Host says otherwise, by one route', () => {
    expect(cleartext(secured, mapping('y', { hostname: 'a.test', prefix: '/y' }))).toEqual({
      'a.test': ['redirect 301'],
    });
  });

  test.each(['Redirect', 'Reject'])('with %s, ACME challenges are routed all the same', (action) => {
    expect(cleartext({ ...secured, ...insecure(action) }, acme)['a.test']?.[0]).toBe('acme');
  });

  // With names, Envoy refuses who shows no certificate, required or not.
  test.each([
    { ca_secret: 'ca', cert_required: true },
    { ca_secret: 'ca', verify: { hostname: 'client.test' } },
    { ca_secret: 'ca', cert_required: false, verify: { subject_alt_names: [{ exact: 'client.test' }] } },
  ])('a Host that demands client certificates (%j) is not routed in cleartext, even if it says so', (tls) => {
    expect(cleartext({ ...secured, tls, ...insecure('Route') })).toEqual({ 'a.test': [] });
  });

  test('is not taken at all by a SECURE Listener with TLS', () => {
    const ir = irOf([
      SERVER,
      https(),
      host('a', { ...secured, ...insecure('Route') }),
      mapping('x', { hostname: 'a.test' }),
    ]);
    expect(ir.listeners[0]?.filterChains.map(({ match }) => match.transport)).toEqual(['tls']);
  });

  test('a Host out of service answers 503', () => {
    const conflict = host('b', { hostname: 'b.test', tls: {}, ...insecure('Route') });
    expect(cleartext({ ...secured, ...insecure('Route') }, conflict)).toMatchObject({
      'a.test': ['x'],
      'b.test': ['503'],
    });
  });
});

describe('quarantined Mappings', () => {
  const open = host('open', { hostname: '*', ...insecure('Route') });

  test('keep their match and place, and answer 503 with the definition and its code', () => {
    const ir = irOf([
      http,
      open,
      mapping('bad', { hostname: '*', prefix: '/bad/', tls: 'nowhere' }),
      mapping('good', { hostname: '*' }),
    ]);
    const routes = virtualHosts(ir, 8080, 'http')?.[0]?.routes ?? [];
    expect(routes.map(outcome)).toEqual(['503', 'good']);
    expect(routes[0]).toMatchObject({
      match: { path: { type: 'prefix', value: '/bad/' } },
      action: { body: 'Mapping default/bad is quarantined: CS3001\n' },
    });
    expect(ir.clusters.map(({ altStatName }) => altStatName)).toEqual(['good_80']);
  });

  test('keep their share of a group: the others’ shares do not grow', () => {
    const ir = irOf([
      http,
      open,
      mapping('bad', { hostname: '*', weight: 30, tls: 'nowhere' }),
      mapping('good', { hostname: '*' }),
    ]);
    const routes = virtualHosts(ir, 8080, 'http')?.[0]?.routes ?? [];
    expect(routes.map((route) => [outcome(route), route.match.percentage])).toEqual([
      ['503', 30],
      ['good', undefined],
    ]);
  });
});

describe('only what is referred to is supplied', () => {
  test('secrets and clusters of quarantined, unattached and redirecting Mappings are not', () => {
    const context = (name: string, spec: object) => text('TLSContext', spec, { name });
    const ir = irOf([
      fixtureSecret('client-ec', 'used'),
      fixtureSecret('client-rsa', 'unused'),
      context('used', { secret: 'used' }),
      context('unused', { secret: 'unused' }),
      host('open', { hostname: 'a.test', ...insecure('Route') }),
      mapping('used', { hostname: 'a.test', tls: 'used' }),
      mapping('unattached', { hostname: 'b.test', tls: 'unused' }),
      mapping('redirects', { hostname: 'a.test', prefix: '/r/', host_redirect: true, tls: 'unused' }),
    ]);
    expect(ir.secrets.map(({ name }) => name)).toEqual(['default/used']);
    expect(ir.clusters.map(({ altStatName }) => altStatName)).toEqual(['used_443_used']);
  });
});

test('a TCPMapping for every server name takes the place of the Host `*`, and of no other', () => {
  const ir = irOf([
    SERVER,
    https(),
    host('all', { hostname: '*', tlsSecret: { name: 'server' } }),
    host('a', { hostname: 'a.test', tlsSecret: { name: 'server' } }),
    mapping('x', { hostname: '*' }),
    text('TCPMapping', { port: 8443, host: '*', service: 'tcp:1' }),
  ]);
  const chains = ir.listeners.find(({ port }) => port === 8443)?.filterChains ?? [];
  expect(chains.map(({ name }) => name)).toEqual(['tcp-*', 'https-a.test']);
});

test('what did not change keeps its identity, so that it is neither translated nor encoded again', () => {
  const { definitions, quarantine } = judged([
    SERVER,
    https(),
    host('a', { hostname: 'a.test', tlsSecret: { name: 'server' } }),
    mapping('x', { hostname: 'a.test' }),
    mapping('y', { hostname: 'a.test', prefix: '/y' }),
  ]);
  const [first, second] = [0, 1].map(() => buildIr({ definitions, quarantine, policy: DEFAULT_POLICY }));
  const parts = (ir: Ir | undefined) => [
    ...(ir?.clusters ?? []),
    ...(ir?.secrets ?? []),
    ...(ir === undefined ? [] : (virtualHosts(ir, 8443, 'https-a.test')?.[0]?.routes ?? [])),
  ];
  expect(parts(first)).toHaveLength(5);
  parts(second).forEach((part, index) => expect(part).toBe(parts(first)[index]));
});
