import { buildIr } from '../../src/ir/build';
import type { Route } from '../../src/ir/route-configuration';
import { Definitions } from '../../src/model/definitions';
import { DEFAULT_POLICY } from '../../src/resolution/policy';
import { text } from '../support/decoded';
import { judged } from '../validation/findings';
import { irOf, virtualHosts } from './build';

const mapping = (name: string, spec: object = {}) =>
  text('Mapping', { hostname: '*', prefix: '/', service: name, ...spec }, { name });
const service = text('Service', { ports: [{ name: 'http', port: 80 }] }, { name: 'shop' });

function routesOf(...texts: readonly string[]): readonly Route[] {
  return virtualHosts(irOf(texts), 8080, 'http')?.[0]?.routes ?? [];
}

/** By the stem of the cluster: what a route's action says. */
function actions(...texts: readonly string[]): Readonly<Record<string, Extract<Route['action'], { type: 'forward' }>>> {
  return Object.fromEntries(
    routesOf(...texts).flatMap(({ action }) =>
      action.type === 'forward' ? [[action.cluster.split('_')[0] ?? '', action] as const] : [],
    ),
  );
}

test('a shadow has no route, and its group a mirror of its weight', () => {
  const found = actions(mapping('a'), mapping('b', { weight: 20 }), mapping('c', { shadow: true, weight: 5 }));
  expect(Object.keys(found).toSorted()).toEqual(['a', 'b']);
  for (const action of Object.values(found))
    expect(action.mirror).toEqual({ cluster: expect.stringMatching(/^c_80_/), percentage: 5 });
});

test('a shadow that cannot be reached safely copies nothing, and takes no requests either', () => {
  const found = routesOf(mapping('a'), mapping('c', { shadow: true, tls: 'missing' }));
  expect(found).toHaveLength(1);
  expect(found[0]?.action).not.toHaveProperty('mirror');
});

test('who is left out of its group has no route: the others take its requests', () => {
  const found = routesOf(mapping('a'), mapping('b', { weight: 40, connect_timeout_ms: 1 }));
  expect(found.map(({ match }) => match.percentage)).toEqual([undefined]);
});

test('who is out of service for another reason answers 503 for its share', () => {
  const found = routesOf(mapping('a'), mapping('b', { weight: 40, tls: 'missing' }));
  expect(found.map(({ match, action }) => [match.percentage, action.type])).toEqual([
    [40, 'direct_response'],
    [undefined, 'forward'],
  ]);
});

test('group-wide settings reach the clusters of all members, the others only those that say them', () => {
  const ir = irOf([mapping('a', { circuit_breakers: [{ max_requests: 1 }], grpc: true }), mapping('b', { weight: 5 })]);
  expect(ir.clusters.map(({ settings }) => [settings.circuitBreakers?.[0]?.maxRequests, settings.http2])).toEqual([
    [1, true],
    [1, false],
  ]);
});

test('each Mapping’s own word counts before that of its group, and that before the Module’s', () => {
  const module = text(
    'Module',
    { config: { retry_policy: { retry_on: 'refused-stream' }, cors: { origins: ['*'] } } },
    { name: 'ambassador' },
  );
  const found = actions(
    module,
    mapping('a', { retry_policy: { retry_on: '5xx' } }),
    mapping('b', { weight: 5 }),
    mapping('c', { weight: 5, retry_policy: { retry_on: 'gateway-error' } }),
    mapping('d', { prefix: '/d/' }),
  );
  expect(
    Object.entries(found)
      .map(([name, { retries }]) => `${name} ${retries?.on}`)
      .toSorted(),
  ).toEqual(['a 5xx', 'b gateway-error', 'c gateway-error', 'd refused-stream']);
});

test('headers of a group are merged; of one name, in whatever case, a Mapping keeps its own', () => {
  const found = routesOf(
    mapping('a', { add_request_headers: { 'x-a': '1', 'x-both': 'a' } }),
    mapping('b', { weight: 5, add_request_headers: { 'X-Both': 'b' }, add_response_headers: { 'x-r': '1' } }),
  );
  expect(found.map(({ requestHeaders }) => requestHeaders.add.map(({ name, value }) => `${name}=${value}`))).toEqual([
    ['X-Both=b', 'x-a=1'],
    ['X-Both=b', 'x-a=1'].map((header) => header.replace('X-Both=b', 'x-both=a')).toSorted(),
  ]);
  expect(found.map(({ responseHeaders }) => responseHeaders.add.length)).toEqual([1, 1]);
});

test('the Module’s load_balancer is for clusters whose endpoints are known, with its hash', () => {
  const module = text(
    'Module',
    { config: { load_balancer: { policy: 'maglev', source_ip: true } } },
    { name: 'ambassador' },
  );
  const found = actions(module, service, mapping('dns', { prefix: '/d/' }), mapping('shop', { resolver: 'endpoint' }));
  expect([found['dns']?.hash, found['shop']?.hash]).toEqual([undefined, { type: 'source_ip' }]);
  const { clusters } = irOf([
    module,
    service,
    mapping('dns'),
    mapping('shop', { prefix: '/s/', resolver: 'endpoint' }),
  ]);
  expect(clusters.map(({ settings }) => settings.loadBalancer)).toEqual([undefined, 'maglev']);
});

test('the same objects where nothing changed', () => {
  const texts = [mapping('a'), mapping('b', { weight: 5 }), mapping('c', { shadow: true })];
  const { definitions, quarantine } = judged(texts);
  const build = () => {
    // As a new compilation sees them: the same definitions in new collections.
    const own = Definitions.from([...definitions.all]);
    return virtualHosts(
      buildIr({ definitions: own, quarantine: quarantine.copy(), policy: DEFAULT_POLICY }),
      8080,
      'http',
    );
  };
  const routes = build()?.[0]?.routes ?? [];
  expect(routes).toHaveLength(2);
  build()?.[0]?.routes.forEach((route, index) => expect(route).toBe(routes[index]));
});
