import { type Answer, type ClientRequest, answerTo } from '../support/client';
import { Closing } from '../support/closing';
import { ConfigDirectory } from '../support/config-directory';
import { connectedEnvoy } from '../support/connected-envoy';
import { ControlPlane } from '../support/control-plane';
import { listener, mapping } from '../support/definitions';
import { freePort } from '../support/port';
import { type Sighting, Upstream } from '../support/upstream';
import { SilentServer } from '../support/silent-server';

// Where requests go and what becomes of them on the way: every upstream answers what it saw, and its port says which one it is.

const closing = new Closing();
const upstreams: Record<string, Upstream> = {};
const NAMES = ['prefix', 'exact', 'regex', 'method', 'header', 'query', 'authority', 'urgent', 'stable', 'canary'];
let port: number;
let silent: SilentServer;

beforeAll(async () => {
  for (const name of NAMES) upstreams[name] = closing.keep(await Upstream.start());
  silent = closing.keep(await SilentServer.start());
  port = await freePort();
  const to = (name: string) => `127.0.0.1:${upstreams[name]?.port}`;
  const config = closing.keep(
    await ConfigDirectory.create({
      'all.yaml': [
        listener(port),
        mapping('prefix', { prefix: '/a/', service: to('prefix') }),
        mapping('exact', { prefix: '/exact', prefix_exact: true, service: to('exact') }),
        mapping('caseless', { prefix: '/caseless', case_sensitive: false, service: to('exact') }),
        mapping('regex', { prefix: '/v[0-9]+/.*', prefix_regex: true, service: to('regex') }),
        mapping('method', { prefix: '/a/', method: 'POST', service: to('method') }),
        mapping('method-regex', { prefix: '/a/', method: 'PUT|PATCH', method_regex: true, service: to('method') }),
        mapping('header', { prefix: '/a/', headers: { 'x-canary': 'always' }, service: to('header') }),
        mapping('header-regex', { prefix: '/a/', regex_headers: { 'user-agent': '.*Robot.*' }, service: to('header') }),
        mapping('query', { prefix: '/a/', query_parameters: { debug: '1' }, service: to('query') }),
        mapping('query-regex', { prefix: '/a/', regex_query_parameters: { trace: '[0-9a-f]+' }, service: to('query') }),
        mapping('authority', { hostname: 'one.test', prefix: '/h/', service: to('authority') }),
        mapping('authority-glob', { hostname: '*.glob.test', prefix: '/h/', service: to('authority') }),
        // A longer prefix goes first, unless precedence says otherwise.
        mapping('longer', { prefix: '/p/longer/', service: to('prefix') }),
        mapping('urgent', { prefix: '/p/', precedence: 1, headers: { 'x-urgent': 'yes' }, service: to('urgent') }),
        mapping('shorter', { prefix: '/p/', service: to('exact') }),
        mapping('stable', { prefix: '/w/', service: to('stable') }),
        mapping('canary', { prefix: '/w/', service: to('canary'), weight: 20 }),
        mapping('kept', { prefix: '/kept/', rewrite: '', service: to('prefix') }),
        mapping('moved', { prefix: '/moved/', rewrite: '/to/', service: to('prefix') }),
        mapping('re-rewritten', {
          prefix: '/items/',
          regex_rewrite: { pattern: '/items/([0-9]+)', substitution: '/v2/\\1/item' },
          service: to('prefix'),
        }),
        mapping('renamed', { prefix: '/renamed/', host_rewrite: 'inner.test', service: to('prefix') }),
        mapping('redirect', { prefix: '/r/', host_redirect: true, service: 'www.test' }),
        mapping('redirect-path', {
          prefix: '/r-path/',
          host_redirect: true,
          path_redirect: '/new',
          redirect_response_code: 308,
          service: 'https://www.test:8443',
        }),
        mapping('redirect-prefix', {
          prefix: '/r-prefix/',
          host_redirect: true,
          prefix_redirect: '/d/',
          service: 'www.test',
        }),
        mapping('redirect-regex', {
          prefix: '/r-regex/',
          host_redirect: true,
          regex_redirect: { pattern: '/r-regex/(.*)', substitution: '/f/\\1' },
          redirect_response_code: 302,
          service: 'www.test',
        }),
        mapping('headers', {
          prefix: '/headers/',
          service: to('prefix'),
          add_request_headers: { 'x-added': 'ours', 'x-replaced': { value: 'ours', append: false } },
          remove_request_headers: ['x-removed'],
          add_response_headers: { 'x-answered': { value: 'ours', append: false } },
          remove_response_headers: ['content-type'],
        }),
        mapping('slow', { prefix: '/slow/', timeout_ms: 50, service: `127.0.0.1:${silent.port}` }),
        mapping('idle', { prefix: '/idle/', timeout_ms: 0, idle_timeout_ms: 50, service: `127.0.0.1:${silent.port}` }),
      ],
    }),
  );
  const plane = closing.keep(await ControlPlane.start(config.path));
  const envoy = closing.keep(await connectedEnvoy(plane.xdsPort));
  await envoy.admin.listening(port);
});
afterAll(() => closing.close());

async function answer(path: string, options: Partial<ClientRequest> = {}): Promise<Answer> {
  return await answerTo({ port, path, ...options });
}

/** Which upstream a request came to, and what it looked like there; a status where it came to none. */
async function arrival(path: string, options: Partial<ClientRequest> = {}) {
  const before = new Map(NAMES.map((name) => [name, upstreams[name]?.requests.length]));
  const { status, headers, body } = await answer(path, options);
  const at = NAMES.find((name) => upstreams[name]?.requests.length !== before.get(name));
  return at === undefined ? { at: status } : { at, seen: JSON.parse(body) as Sighting, headers };
}

test.each<[string, Partial<ClientRequest>, string | number]>([
  ['/a/', {}, 'prefix'],
  ['/a/b', {}, 'prefix'],
  ['/a', {}, 404],
  ['/A/', {}, 404],
  ['/exact', {}, 'exact'],
  ['/exact?x=1', {}, 'exact'],
  ['/exact/', {}, 404],
  ['/CaseLess/x', {}, 'exact'],
  ['/v12/x', {}, 'regex'],
  ['/v/x', {}, 404],
  ['/x/v1/y', {}, 404],
  ['/a/', { method: 'POST' }, 'method'],
  ['/a/', { method: 'PATCH' }, 'method'],
  ['/a/', { method: 'DELETE' }, 'prefix'],
  ['/a/', { headers: { 'x-canary': 'always' } }, 'header'],
  ['/a/', { headers: { 'X-Canary': 'always' } }, 'header'],
  ['/a/', { headers: { 'x-canary': 'sometimes' } }, 'prefix'],
  ['/a/', { headers: { 'user-agent': 'a Robot/1' } }, 'header'],
  ['/a/?debug=1', {}, 'query'],
  ['/a/?debug=10', {}, 'prefix'],
  ['/a/?trace=0af', {}, 'query'],
  ['/a/?trace=xyz', {}, 'prefix'],
  ['/h/', { authority: 'one.test' }, 'authority'],
  ['/h/', { authority: 'a.glob.test' }, 'authority'],
  ['/h/', { authority: 'two.test' }, 404],
  ['/p/longer/', {}, 'prefix'],
  ['/p/', {}, 'exact'],
  ['/p/longer/', { headers: { 'x-urgent': 'yes' } }, 'urgent'],
  ['/a/../exact', {}, 'exact'],
])('%s with %j comes to: %s', async (path, options, expected) => {
  expect(await arrival(path, options)).toMatchObject({ at: expected });
});

test('weights share the requests out', async () => {
  const TOTAL = 500;
  const before = upstreams['canary']?.requests.length ?? 0;
  const lanes = Array.from({ length: 5 }, async () => {
    for (let sent = 0; sent < TOTAL / 5; sent += 1) expect((await answer('/w/')).status).toBe(200);
  });
  await Promise.all(lanes);
  const canary = (upstreams['canary']?.requests.length ?? 0) - before;
  // 20 % of 500 is 100, with a standard deviation of 9: five of them make a false alarm once in a million runs.
  expect(canary).toBeGreaterThan(55);
  expect(canary).toBeLessThan(145);
  expect((upstreams['stable']?.requests.length ?? 0) + canary).toBe(TOTAL);
});

test.each([
  ['/a/b?c=d', '/b?c=d'],
  ['/exact?c=d', '/?c=d'],
  ['/v12/x', '/v12/x'],
  ['/kept/b', '/kept/b'],
  ['/moved/b', '/to/b'],
  ['/items/17', '/v2/17/item'],
])('the path %s is %s at the upstream', async (path, expected) => {
  expect((await arrival(path)).seen?.path).toBe(expected);
});

test('host_rewrite is the authority at the upstream', async () => {
  expect((await arrival('/renamed/', { authority: 'outer.test' })).seen?.headers['host']).toBe('inner.test');
  expect((await arrival('/a/', { authority: 'outer.test' })).seen?.headers['host']).toBe('outer.test');
});

test.each([
  ['/r/b?c=d', 301, 'http://www.test/r/b?c=d'],
  ['/r-path/b?c=d', 308, 'https://www.test:8443/new?c=d'],
  ['/r-prefix/b', 301, 'http://www.test/d/b'],
  ['/r-regex/b', 302, 'http://www.test/f/b'],
])('%s is redirected: %i %s', async (path, status, location) => {
  const { status: answered, headers } = await answer(path);
  expect([answered, headers.location]).toEqual([status, location]);
});

test('headers are added, replaced and removed, both ways', async () => {
  const headers = { 'x-added': 'theirs', 'x-replaced': 'theirs', 'x-removed': 'theirs', 'x-kept': 'theirs' };
  const { seen, headers: answered } = await arrival('/headers/', { headers });
  expect(seen?.headers).toMatchObject({ 'x-added': 'theirs, ours', 'x-replaced': 'ours', 'x-kept': 'theirs' });
  expect(seen?.headers).not.toHaveProperty('x-removed');
  expect(answered).toMatchObject({ 'x-answered': 'ours' });
  expect(answered).not.toHaveProperty('content-type');
});

test.each([
  ['timeout_ms', '/slow/'],
  ['idle_timeout_ms', '/idle/'],
])('%s ends a request that the upstream does not answer', async (_field, path) => {
  const before = silent.connections;
  expect(await answer(path)).toMatchObject({ status: 504 });
  expect(silent.connections).toBeGreaterThan(before);
});
