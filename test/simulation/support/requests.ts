import * as fc from 'fast-check';
import type { Ir } from '../../../src/ir/ir';
import type { FilterChain, Listener } from '../../../src/ir/listener';
import type { Route, ValueMatcher } from '../../../src/ir/route-configuration';
import type { ClientTls, SimulatedRequest } from '../../../src/simulation';
import { filterChainOf } from '../../../src/simulation/filter-chain';
import { pkiFile } from './echo';

/** What a client may show, with its key, by name. */
export const CLIENT_CERTIFICATES = ['client-ec', 'client-rsa', 'client-of-ca2', 'client-expired', 'server-ec'].map(
  (name) => ({ certificate: pkiFile(`${name}.crt`), key: pkiFile(`${name}.key`) }),
);

const METHODS = ['GET', 'GET', 'GET', 'POST', 'PUT', 'PATCH', 'HEAD', 'OPTIONS', 'DELETE'];
const WORDS = [
  '',
  'a',
  'b',
  '1',
  '42',
  'z',
  'B',
  'x%20y',
  '%41',
  'file.txt',
  '~u',
  '%7e',
  'v2',
  '"q"',
  'k{}',
  '%2F',
  '%zz',
];
const NOISE = ['', '/', '//', '/./', '/../', '/%2e%2E/', '\\', '/..', '/.', '/...', '/%2e.'];
const QUERIES = [
  '',
  '',
  '',
  '?',
  '?q=1',
  '?q=1&q=2',
  '?q',
  '?q=',
  '?x&debug=true',
  '?q=a%20b',
  '?debug=true&q=%41',
  '?q.x==',
  '?a=/../b',
];
const LABELS = ['x', 'deep.x', 'API', 'other'];

const choose = <T>(values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values);
const chooseOr = <T>(values: readonly T[], fallback: T): fc.Arbitrary<T> =>
  values.length === 0 ? fc.constant(fallback) : choose(values);

/** Requests that come near to what a configuration distinguishes: its names, paths and headers, met and narrowly missed. */
export function requestsFor(ir: Ir): fc.Arbitrary<SimulatedRequest> {
  return choose(ir.listeners).chain((listener) =>
    connection(listener)
      .chain((tls) => request(listener, tls))
      .map((each) => (answersBeforeRoutes(listener) ? withoutUpgrade(each) : each)),
  );
}

/** What Envoy makes of an upgrade that it answers before it looks for a route is not simulated. */
function answersBeforeRoutes({ filterChains }: Listener): boolean {
  return filterChains.some(
    ({ action }) =>
      action.type === 'http' && (action.options.rejectEscapedSlashes || action.options.filters.probes.length > 0),
  );
}

function withoutUpgrade({ headers = {}, ...rest }: SimulatedRequest): SimulatedRequest {
  return { ...rest, headers: Object.fromEntries(Object.entries(headers).filter(([name]) => name !== 'connection')) };
}

function request(listener: Listener, tls: ClientTls | undefined): fc.Arbitrary<SimulatedRequest> {
  return route(listener, tls).chain((near) =>
    fc
      .record({
        authority: authority(listener, tls, near),
        path: path(near),
        method: method(near),
        headers: headers(near),
        proxyProtocol: proxyHeader(listener),
      })
      .map(({ proxyProtocol, ...rest }) => ({
        port: listener.port,
        ...(tls !== undefined && { tls }),
        ...(proxyProtocol !== undefined && { proxyProtocol }),
        ...rest,
      })),
  );
}

/** Few different ones for each Listener, so that connections can be shared. */
function connection(listener: Listener): fc.Arbitrary<ClientTls | undefined> {
  const names = listener.filterChains.flatMap(({ match }) => match.serverNames);
  const serverName = fc.oneof(
    { arbitrary: chooseOr(names, 'a.test').chain(instance), weight: 5 },
    { arbitrary: choose(['a.test', 'b.test', 'x.y.test', 'nobody.example', 'A.TEST']), weight: 2 },
    { arbitrary: fc.constant(undefined), weight: 1 },
  );
  const tls = fc
    .record({
      serverName,
      certificate: fc.oneof(
        { arbitrary: fc.constant(undefined), weight: 2 },
        { arbitrary: choose(CLIENT_CERTIFICATES).map(({ certificate }) => certificate), weight: 3 },
      ),
      versions: fc.oneof(
        { arbitrary: fc.constant({}), weight: 6 },
        {
          arbitrary: choose([
            { maxVersion: 'v1.2' },
            { minVersion: 'v1.3' },
            { minVersion: 'v1.0', maxVersion: 'v1.1' },
          ] as const),
          weight: 1,
        },
      ),
    })
    .map(({ serverName: name, certificate, versions }) => ({
      ...(name !== undefined && { serverName: name }),
      ...(certificate !== undefined && { certificate }),
      ...versions,
    }));
  const cleartext = fc.constant(undefined);
  return listener.tlsInspector
    ? fc.oneof({ arbitrary: tls, weight: 4 }, { arbitrary: cleartext, weight: 1 })
    : fc.oneof({ arbitrary: tls, weight: 1 }, { arbitrary: cleartext, weight: 20 });
}

function proxyHeader(listener: Listener): fc.Arbitrary<SimulatedRequest['proxyProtocol']> {
  const header = { sourceAddress: '192.0.2.7', destinationPort: 443 };
  const given = fc.constant(header);
  if (!listener.proxyProtocol) return fc.constant(undefined);
  return fc.oneof({ arbitrary: given, weight: 9 }, { arbitrary: fc.constant(undefined), weight: 1 });
}

/** A route that the request may be meant for: of any chain, for it is the wrong ones that must not be reached. */
function route(listener: Listener, tls: ClientTls | undefined): fc.Arbitrary<Route | undefined> {
  const likely = chainsReached(listener, tls);
  const routes = (chains: readonly FilterChain[]) =>
    chains.flatMap(({ action }) =>
      action.type === 'http' ? action.routes.virtualHosts.flatMap((virtualHost) => virtualHost.routes) : [],
    );
  return fc.oneof(
    { arbitrary: chooseOr<Route | undefined>(routes(likely), undefined), weight: 8 },
    { arbitrary: chooseOr<Route | undefined>(routes(listener.filterChains), undefined), weight: 1 },
  );
}

function chainsReached(listener: Listener, tls: ClientTls | undefined): readonly FilterChain[] {
  const chain = filterChainOf(listener, { port: listener.port, authority: '', ...(tls !== undefined && { tls }) });
  return chain === undefined ? [] : [chain];
}

function authority(listener: Listener, tls: ClientTls | undefined, near: Route | undefined): fc.Arbitrary<string> {
  const { filterChains, port } = listener;
  const domains = filterChains.flatMap(({ action }) =>
    action.type === 'http' ? action.routes.virtualHosts.flatMap((virtualHost) => virtualHost.domains) : [],
  );
  const owners = chainsReached(listener, tls).flatMap(({ action }) =>
    action.type === 'http' && near !== undefined
      ? action.routes.virtualHosts.filter(({ routes }) => routes.includes(near)).flatMap((owner) => owner.domains)
      : [],
  );
  const wanted = near?.match.headers.find(({ name }) => name === ':authority');
  const name = fc.oneof(
    { arbitrary: fc.constant(tls?.serverName ?? 'a.test'), weight: tls?.serverName === undefined ? 1 : 4 },
    { arbitrary: chooseOr(owners, '*').chain(instance), weight: 8 },
    { arbitrary: chooseOr(domains, '*').chain(instance), weight: 2 },
    ...(wanted === undefined ? [] : [{ arbitrary: meeting(wanted), weight: 5 }]),
    { arbitrary: choose(['a.test', 'nobody.example', 'x.a.test', 'a.testing', 'b.test.', '[::1]']), weight: 1 },
  );
  const withPort = fc.tuple(name, choose(['', '', '', '', '', '', '', `:${port}`, ':443', ':80', ':8443']));
  return fc.tuple(withPort, fc.nat(15)).map(([[host, suffix], chance]) => {
    const whole = /:\d+$/.test(host) || host === '' ? host : host + suffix;
    return chance === 0 ? whole.toUpperCase() : whole;
  });
}

/** A name that a glob stands for. */
function instance(glob: string): fc.Arbitrary<string> {
  return choose(LABELS).map((label) =>
    glob === '*' ? `${label}.test` : glob.replace(/^\*/, label).replace(/:\*$/, ':8443').replace(/\*$/, label),
  );
}

function path(near: Route | undefined): fc.Arbitrary<string> {
  const match = near?.match.path;
  const start =
    match === undefined
      ? choose(['/', '/a', '/a/b', '/none'])
      : match.type === 'regex'
        ? choose(['/a/42', '/a', '/b/x', '/ABC', '/api/v2/x', '/A/x', '/x/yz', '/a?', '/ab'])
        : fc.oneof({ arbitrary: fc.constant(match.value), weight: 6 }, { arbitrary: recased(match.value), weight: 1 });
  const rest = fc.oneof(
    { arbitrary: fc.constant(''), weight: match?.type === 'exact' ? 8 : 3 },
    { arbitrary: fc.tuple(choose(NOISE), choose(WORDS)).map((parts) => parts.join('')), weight: 3 },
    {
      arbitrary: fc.array(fc.tuple(choose(WORDS), choose(NOISE)), { maxLength: 3 }).map((all) => all.flat().join('')),
      weight: 2,
    },
  );
  const parameters = (near?.match.queryParameters ?? []).map((matcher) =>
    meeting(matcher).map((value) => `${matcher.name}=${value.replaceAll(/[ #]/g, '%20')}`),
  );
  const query =
    parameters.length === 0
      ? choose(QUERIES)
      : fc.oneof(
          { arbitrary: fc.tuple(...parameters).map((values) => `?${values.join('&')}`), weight: 4 },
          { arbitrary: choose(QUERIES), weight: 1 },
        );
  return fc.tuple(start, rest, query).map(([first, second, third]) => {
    const whole = first + second;
    return (whole.startsWith('/') ? whole : `/${whole}`) + third;
  });
}

function recased(text: string): fc.Arbitrary<string> {
  return choose([
    text.toUpperCase(),
    text.toLowerCase(),
    text.replace(/[a-z]/, (letter) => `%${letter.charCodeAt(0).toString(16)}`),
  ]);
}

function method(near: Route | undefined): fc.Arbitrary<string> {
  if (near?.cors !== undefined) return choose(['OPTIONS', 'OPTIONS', 'GET']);
  const wanted = near?.match.headers.find(({ name }) => name === ':method');
  if (wanted === undefined) return choose(METHODS);
  const met = METHODS.filter((each) => wanted.value.split('|').includes(each));
  return fc.oneof({ arbitrary: chooseOr(met, 'GET'), weight: 4 }, { arbitrary: choose(METHODS), weight: 1 });
}

function headers(near: Route | undefined): fc.Arbitrary<NonNullable<SimulatedRequest['headers']>> {
  const wanted = (near?.match.headers ?? []).filter(
    ({ name }) => !name.startsWith(':') && name.toLowerCase() !== 'host',
  );
  const met = wanted.map((matcher) =>
    fc.oneof({ arbitrary: meeting(matcher), weight: 8 }, { arbitrary: choose(['', 'no', '1,2']), weight: 1 }),
  );
  const matched = fc
    .tuple(...met)
    .map((values) =>
      Object.fromEntries(values.map((value, index) => [wanted[index]?.name.toLowerCase() ?? '', value])),
    );
  const others = fc.record(
    {
      'X-Forwarded-Proto': choose(['https', 'http', 'HTTPS', 'ftp']),
      'x-forwarded-for': choose(['198.51.100.1', '10.0.0.1, 10.0.0.2']),
      'X-ONE': choose<string | string[]>(['1', ['a', 'b'], '  a,b ', '']),
      'X-Two': choose<string | string[]>(['Two', ['no', 'two']]),
      'user-agent': choose<string | string[]>(['robot', ['robot', 'robot']]),
      'x-request-id': choose(['mine']),
      upgrade: choose(['websocket', 'WebSocket', 'other']),
      origin: choose(['https://o.test', 'https://O.test', '']),
      'access-control-request-method': choose(['GET', '']),
      'x-forwarded-client-cert': choose(['By=me']),
      'x-envoy-original-path': choose(['/forged']),
    },
    { requiredKeys: [] },
  );
  const extra = fc.oneof({ arbitrary: fc.constant({}), weight: 3 }, { arbitrary: others, weight: 2 });
  return fc.tuple(extra, matched, special(near), fc.nat(4)).map(([some, all, more, upgrades]) => ({
    ...without(some, { ...all, ...more }),
    ...all,
    ...more,
    ...('upgrade' in some && upgrades === 0 && { connection: 'Upgrade' }),
  }));
}

/** A preflight or an upgrade where the route knows of such things. */
function special(near: Route | undefined): fc.Arbitrary<Record<string, string>> {
  const preflights = (near?.cors?.origins ?? []).map((origin) => ({
    origin: origin === '*' ? 'https://any.test' : origin,
    'access-control-request-method': 'GET',
  }));
  const upgrades = near?.action.type === 'forward' ? (near.action.upgrades ?? []) : [];
  return choose([{}, ...preflights, ...upgrades.map((upgrade) => ({ connection: 'upgrade', upgrade }))]);
}

/** Node takes header names that differ in case for one. */
function without(some: object, all: object): Record<string, string | readonly string[]> {
  const taken = new Set(Object.keys(all).map((name) => name.toLowerCase()));
  return Object.fromEntries(Object.entries(some).filter(([name]) => !taken.has(name.toLowerCase())));
}

/** A value that the matcher wants, where that is easily told. */
function meeting({ match, value }: ValueMatcher): fc.Arbitrary<string> {
  switch (match) {
    case 'exact':
      return fc.constant(value);
    case 'prefix':
      return choose(LABELS).map((label) => value + label);
    case 'suffix':
      return choose(LABELS).map((label) => label + value);
    default:
      return choose(['1', 'a', 'TWO', 'a.test', 'b.test', 'abc', '7', '']);
  }
}
