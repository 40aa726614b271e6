import { request as httpRequest } from 'node:http';
import { type Answer, type ClientRequest, answerTo } from '../support/client';
import { Closing } from '../support/closing';
import { ConfigDirectory } from '../support/config-directory';
import { connectedEnvoy } from '../support/connected-envoy';
import { ControlPlane } from '../support/control-plane';
import { listener, mapping } from '../support/definitions';
import { eventually } from '../support/eventually';
import { freePort } from '../support/port';
import { ScriptedServer } from '../support/scripted-server';
import { SilentServer } from '../support/silent-server';
import { type Sighting, Upstream } from '../support/upstream';

// What becomes of requests beyond where they go: copies, retries, upgrades, limits, and which endpoint gets them.

const closing = new Closing();
const NAMES = ['first', 'second', 'mirror', 'canary', 'a', 'b'] as const;
const upstreams = new Map<string, Upstream>();
let port: number;
let flaky: ScriptedServer;
let idle: ScriptedServer;
let upgrading: ScriptedServer;
let silent: SilentServer;
let healthy: ScriptedServer;
let sick: ScriptedServer;

function upstream(name: string): Upstream {
  const found = upstreams.get(name);
  if (found === undefined) throw new Error(`no upstream ${name}`);
  return found;
}

/** A Service whose endpoints are these ports, one slice each. */
function service(name: string, ports: readonly number[]): readonly object[] {
  return [
    { apiVersion: 'v1', kind: 'Service', metadata: { name }, spec: { ports: [{ name: 'http', port: 80 }] } },
    ...ports.map((target) => ({
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: `${name}-${target}`, labels: { 'kubernetes.io/service-name': name } },
      addressType: 'IPv4',
      ports: [{ name: 'http', port: target }],
      endpoints: [{ addresses: ['127.0.0.1'] }],
    })),
  ];
}

beforeAll(async () => {
  for (const name of NAMES) upstreams.set(name, closing.keep(await Upstream.start()));
  flaky = closing.keep(
    await ScriptedServer.start((_request, response, count) => response.writeHead(count % 3 === 0 ? 200 : 503).end()),
  );
  idle = closing.keep(await ScriptedServer.start());
  upgrading = closing.keep(await ScriptedServer.start());
  silent = closing.keep(await SilentServer.start());
  healthy = closing.keep(await ScriptedServer.start((_request, response) => response.end('healthy')));
  sick = closing.keep(
    await ScriptedServer.start((request, response) =>
      response.writeHead(request.url === '/health' ? 500 : 200).end('sick'),
    ),
  );
  port = await freePort();
  const to = (name: string) => `127.0.0.1:${upstream(name).port}`;
  const at = (server: { readonly port: number }) => `127.0.0.1:${server.port}`;
  const both = service('both', [upstream('a').port, upstream('b').port]);
  const config = closing.keep(
    await ConfigDirectory.create({
      'all.yaml': [
        listener(port),
        ...both,
        ...service('checked', [healthy.port, sick.port]),
        mapping('shop', { prefix: '/shop/', service: to('first') }),
        mapping('shop-shadow', { prefix: '/shop/', service: to('mirror'), shadow: true }),
        mapping('rarely', { prefix: '/rarely/', service: to('first') }),
        mapping('rarely-shadow', { prefix: '/rarely/', service: to('mirror'), shadow: true, weight: 0 }),
        mapping('lonely-shadow', { prefix: '/lonely/', service: to('mirror'), shadow: true }),
        mapping('get', { prefix: '/method/', method: 'GET', service: to('first') }),
        mapping('any', { prefix: '/method/', service: to('second') }),
        mapping('stable', {
          prefix: '/group',
          prefix_exact: true,
          service: to('first'),
          add_request_headers: { 'x-stable': '1' },
        }),
        mapping('canary', {
          prefix: '/group',
          weight: 100,
          service: to('canary'),
          add_request_headers: { 'x-canary': '1' },
        }),
        // It disagrees with the stable version, which has the greatest share.
        mapping('left-out', { prefix: '/group', connect_timeout_ms: 1, weight: 0, service: to('mirror') }),
        mapping('retried', {
          prefix: '/retried/',
          service: at(flaky),
          retry_policy: { retry_on: '5xx', num_retries: 2 },
        }),
        mapping('tried-once', { prefix: '/tried-once/', service: at(flaky) }),
        mapping('impatient', {
          prefix: '/impatient/',
          service: at(silent),
          timeout_ms: 0,
          retry_policy: { retry_on: '5xx', num_retries: 1, per_try_timeout: '0.05s' },
        }),
        mapping('open', {
          prefix: '/open/',
          service: to('first'),
          cors: {
            origins: ['https://www.test'],
            methods: ['GET', 'PUT'],
            headers: ['x-a'],
            exposed_headers: ['x-b'],
            credentials: true,
            max_age: '60',
          },
        }),
        mapping('chat', { prefix: '/chat/', service: at(upgrading), allow_upgrade: ['WebSocket', 'spdy/3.1'] }),
        mapping('old-chat', { prefix: '/old-chat/', service: at(upgrading), use_websocket: true }),
        mapping('no-chat', { prefix: '/no-chat/', service: at(upgrading), use_websocket: false }),
        mapping('linkerd', { prefix: '/linkerd/', service: to('first'), add_linkerd_headers: true }),
        mapping('limited', {
          prefix: '/limited/',
          service: at(silent),
          timeout_ms: 0,
          circuit_breakers: [{ max_connections: 1, max_pending_requests: 1 }],
        }),
        mapping('limited-elsewhere', { prefix: '/limited-elsewhere/', service: at(silent), timeout_ms: 50 }),
        mapping('idle', { prefix: '/idle/', service: at(idle), cluster_idle_timeout_ms: 50 }),
        mapping('short-lived', { prefix: '/short/', service: at(idle), cluster_max_connection_lifetime_ms: 50 }),
        mapping('by-header', {
          prefix: '/by-header/',
          service: 'both',
          resolver: 'endpoint',
          load_balancer: { policy: 'ring_hash', header: 'x-user' },
        }),
        mapping('by-cookie', {
          prefix: '/by-cookie/',
          service: 'both',
          resolver: 'endpoint',
          load_balancer: { policy: 'maglev', cookie: { name: 'sticky', path: '/', ttl: '60s' } },
        }),
        mapping('in-turn', {
          prefix: '/in-turn/',
          service: 'both',
          resolver: 'endpoint',
          load_balancer: { policy: 'round_robin' },
        }),
        mapping('checked', {
          prefix: '/checked/',
          service: 'checked',
          resolver: 'endpoint',
          health_checks: [
            {
              health_check: { http: { path: '/health', expected_statuses: [{ min: 200, max: 200 }] } },
              interval: '0.05s',
              timeout: '1s',
              unhealthy_threshold: 1,
            },
          ],
        }),
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

async function sighting(path: string, options: Partial<ClientRequest> = {}): Promise<Sighting> {
  return JSON.parse((await answer(path, options)).body) as Sighting;
}

const paths = (name: string, of: string) => upstream(name).requests.filter(({ path }) => path.includes(of));

describe('shadow', () => {
  test('every request is copied, and the client is answered by the Mapping', async () => {
    for (let sent = 0; sent < 5; sent += 1) expect((await answer(`/shop/copied-${sent}`)).status).toBe(200);
    expect(paths('first', 'copied-')).toHaveLength(5);
    await eventually('the copies', () => Promise.resolve(paths('mirror', 'copied-').length === 5 ? true : undefined));
    expect(paths('mirror', 'copied-')[0]?.headers['host']).toMatch(/-shadow/);
  });

  test('of weight 0 nothing is copied, and alone it takes no requests', async () => {
    for (let sent = 0; sent < 20; sent += 1) await answer('/rarely/never-copied');
    expect((await answer('/lonely/')).status).toBe(404);
    // Copies go out with the requests, so that one sent later comes later.
    await answer('/shop/after');
    await eventually('a later copy', () => Promise.resolve(paths('mirror', 'after').length === 1 ? true : undefined));
    expect(paths('mirror', 'never-copied')).toEqual([]);
  });
});

describe('Mappings that share a match', () => {
  test('a method is part of the match: GET goes to the one that asks for it, always', async () => {
    for (let sent = 0; sent < 10; sent += 1) await answer('/method/got');
    await answer('/method/posted', { method: 'POST' });
    expect([paths('first', '/got').length, paths('second', '/got').length]).toEqual([10, 0]);
    expect(paths('second', '/posted')).toHaveLength(1);
  });

  test('what the leader says of the path holds for all, headers are merged, and who disagrees is left out', async () => {
    expect((await sighting('/group')).headers).toMatchObject({ 'x-stable': '1', 'x-canary': '1' });
    expect((await answer('/group/more')).status).toBe(404);
    expect(paths('mirror', 'group')).toEqual([]);
  });
});

describe('retry_policy', () => {
  test('a request that fails is sent again', async () => {
    const before = flaky.requests.length;
    expect((await answer('/retried/')).status).toBe(200);
    expect(flaky.requests.length - before).toBe(3);
    expect((await answer('/tried-once/')).status).toBe(503);
    expect(flaky.requests.length - before).toBe(4);
  });

  test('per_try_timeout ends each try', async () => {
    const before = silent.connections;
    expect((await answer('/impatient/')).status).toBe(504);
    expect(silent.connections - before).toBe(2);
  });
});

describe('cors', () => {
  const preflight = (origin: string) =>
    answer('/open/', { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'PUT' } });

  test('a preflight is answered by Envoy', async () => {
    const before = upstream('first').requests.length;
    const { status, headers } = await preflight('https://www.test');
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      'access-control-allow-origin': 'https://www.test',
      'access-control-allow-methods': 'GET, PUT',
      'access-control-allow-headers': 'x-a',
      'access-control-allow-credentials': 'true',
      'access-control-max-age': '60',
    });
    expect(upstream('first').requests.length).toBe(before);
  });

  test('other origins get no permission, and other Mappings give none', async () => {
    expect((await preflight('https://evil.test')).headers).not.toHaveProperty('access-control-allow-origin');
    const { headers } = await answer('/shop/', { headers: { origin: 'https://www.test' } });
    expect(headers).not.toHaveProperty('access-control-allow-origin');
    const granted = await answer('/open/', { headers: { origin: 'https://www.test' } });
    expect(granted.headers).toMatchObject({ 'access-control-expose-headers': 'x-b' });
  });
});

describe('upgrades', () => {
  /** What comes back through the connection, or the status that it was refused with. */
  const upgrade = (path: string, protocol: string) =>
    new Promise<string | number>((resolve, reject) => {
      const sent = httpRequest({
        host: '127.0.0.1',
        port,
        path,
        headers: { connection: 'Upgrade', upgrade: protocol },
      });
      sent.on('upgrade', (_response, socket) => {
        socket.once('data', (data: Buffer) => {
          socket.destroy();
          resolve(data.toString());
        });
        socket.write('hello');
      });
      sent.on('response', (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      });
      sent.on('error', reject);
      sent.end();
    });

  test.each<[string, string, string | number]>([
    ['/chat/', 'websocket', 'hello'],
    ['/chat/', 'spdy/3.1', 'hello'],
    ['/old-chat/', 'websocket', 'hello'],
    ['/no-chat/', 'websocket', 403],
    ['/old-chat/', 'spdy/3.1', 403],
  ])('%s to %s: %s', async (path, protocol, expected) => expect(await upgrade(path, protocol)).toBe(expected));
});

test('add_linkerd_headers: the client does not choose where Linkerd sends the request', async () => {
  const { headers } = await sighting('/linkerd/', { headers: { 'l5d-dst-override': 'elsewhere:80' } });
  expect(headers['l5d-dst-override']).toBe(`127.0.0.1:${upstream('first').port}`);
});

test('circuit_breakers: what is too much is refused at once, and no other Mapping suffers', async () => {
  // One has the only connection (each of Envoy's threads may have one nevertheless), one waits, and there is no place for more.
  const overloaded = await eventually('a refusal', async () => {
    const together = Array.from({ length: 8 }, () => answer('/limited/', { timeoutMs: 2_000 }).catch(() => undefined));
    const answers = await Promise.all(together);
    return answers.find((found) => found?.headers['x-envoy-overloaded'] === 'true');
  });
  expect(overloaded.status).toBe(503);
  expect((await answer('/limited-elsewhere/')).status).toBe(504);
});

test('cluster_idle_timeout_ms and cluster_max_connection_lifetime_ms close connections', async () => {
  for (const path of ['/idle/', '/short/']) {
    expect((await answer(path)).status).toBe(200);
    await eventually('no connection is left', () => Promise.resolve(idle.sockets.size === 0 ? true : undefined));
  }
});

describe('load_balancer', () => {
  const arrivals = (of: string) => [paths('a', of).length, paths('b', of).length];

  test('the same header, the same endpoint; other headers, others', async () => {
    for (let sent = 0; sent < 10; sent += 1) await answer('/by-header/one', { headers: { 'x-user': 'one' } });
    expect([Math.min(...arrivals('/one')), Math.max(...arrivals('/one'))]).toEqual([0, 10]);
    for (let user = 0; user < 30; user += 1) await answer('/by-header/many', { headers: { 'x-user': `user ${user}` } });
    expect(Math.min(...arrivals('/many'))).toBeGreaterThan(0);
  });

  test('a client without the cookie gets one, and comes back to the same endpoint with it', async () => {
    const { headers } = await answer('/by-cookie/first-visit');
    const [cookie = ''] = headers['set-cookie'] ?? [];
    expect(cookie).toMatch(/^sticky="?[0-9a-f]+"?; Max-Age=60; Path=\//);
    for (let sent = 0; sent < 5; sent += 1)
      await answer('/by-cookie/back', { headers: { cookie: cookie.split(';')[0] ?? '' } });
    const first = arrivals('/first-visit');
    expect(arrivals('/back')).toEqual(first.map((count) => count * 5));
  });

  test('in turn', async () => {
    for (let sent = 0; sent < 20; sent += 1) await answer('/in-turn/x');
    expect(Math.min(...arrivals('/x'))).toBeGreaterThan(0);
  });
});

test('health_checks: an endpoint that fails them gets no requests', async () => {
  await eventually('a healthy endpoint', async () =>
    (await answer('/checked/')).body === 'healthy' ? true : undefined,
  );
  await eventually('the sick one was asked', () =>
    Promise.resolve(sick.requests.some(({ url }) => url === '/health') ? true : undefined),
  );
  const bodies = await Promise.all(Array.from({ length: 20 }, async () => (await answer('/checked/')).body));
  expect(new Set(bodies)).toEqual(new Set(['healthy']));
});

test('a Mapping’s settings come and go while it is served', async () => {
  const own = await freePort();
  const { port: at } = upstream('first');
  const definitions = (spec: object) => [
    listener(own),
    mapping('it', { prefix: '/', service: `127.0.0.1:${at}`, ...spec }),
  ];
  const config = closing.keep(await ConfigDirectory.create({ 'all.yaml': definitions({}) }));
  const plane = closing.keep(await ControlPlane.start(config.path));
  const envoy = closing.keep(await connectedEnvoy(plane.xdsPort));
  await envoy.admin.listening(own);
  const allowed = async () => {
    const headers = { origin: 'https://www.test', 'access-control-request-method': 'GET' };
    const found = await answerTo({ port: own, method: 'OPTIONS', headers });
    return found.headers['access-control-allow-origin'];
  };
  const eventuallyAllowed = async (origin: string | undefined) =>
    await eventually(`access for ${origin ?? 'nobody'}`, async () => ((await allowed()) === origin ? true : undefined));
  await eventuallyAllowed(undefined);
  const settings = {
    cors: { origins: ['https://www.test'] },
    circuit_breakers: [{ max_requests: 7 }],
    cluster_tag: 'blue',
  };
  await plane.change(() => config.write('all.yaml', definitions(settings)));
  await eventuallyAllowed('https://www.test');
  await plane.change(() => config.write('all.yaml', definitions({})));
  await eventuallyAllowed(undefined);
  expect((await answerTo({ port: own })).status).toBe(200);
});
