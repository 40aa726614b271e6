import { Closing } from '../support/closing';
import { ConfigDirectory } from '../support/config-directory';
import { connectedEnvoy } from '../support/connected-envoy';
import { ControlPlane } from '../support/control-plane';
import { ambassadorModule, listener, mapping } from '../support/definitions';
import { eventually } from '../support/eventually';
import { freePort } from '../support/port';
import { type RawRequest, rawAnswerTo } from '../support/raw-client';
import { Upstream } from '../support/upstream';

// What the Module bars, on a real Envoy: addresses, paths and headers; and what is served while nobody knows what it bars.

const closing = new Closing();
let upstream: Upstream;
beforeAll(async () => {
  upstream = closing.keep(await Upstream.start());
});
afterAll(() => closing.close());

async function edge(module: object, keeper = closing) {
  const ports = { direct: await freePort(), behindProxy: await freePort() };
  const config = keeper.keep(
    await ConfigDirectory.create({
      'all.yaml': [
        listener(ports.direct),
        listener(ports.behindProxy, { l7Depth: 1 }),
        mapping('all', { prefix: '/', rewrite: '', service: `127.0.0.1:${upstream.port}` }),
      ],
      'module.yaml': [module],
    }),
  );
  const plane = keeper.keep(await ControlPlane.start(config.path));
  const envoy = keeper.keep(await connectedEnvoy(plane.xdsPort));
  for (const port of Object.values(ports)) await envoy.admin.listening(port);
  return { ports, config, plane };
}

/** The status of the answer, and whether the request came to the upstream. */
async function outcome(request: RawRequest): Promise<readonly [status: number, arrived: boolean]> {
  const before = upstream.requests.length;
  const { status } = await rawAnswerTo(request);
  return [status, upstream.requests.length > before];
}

const SERVED = [200, true];
const BARRED = [403, false];

describe('ip_deny', () => {
  let ports: Awaited<ReturnType<typeof edge>>['ports'];
  beforeAll(async () => {
    const deny = [{ remote: '203.0.113.0/24' }, { peer: '127.0.0.8/30' }, { remote: '127.0.0.3' }];
    ({ ports } = await edge(ambassadorModule({ ip_deny: deny })));
  });

  test.each([
    ['127.0.0.1', SERVED],
    ['127.0.0.3', BARRED],
    ['127.0.0.9', BARRED],
    ['127.0.0.12', SERVED],
  ])('a connection from %s: %j', async (from, expected) => {
    expect(await outcome({ port: ports.direct, from })).toEqual(expected);
  });

  test.each([
    ['203.0.113.9', BARRED],
    ['198.51.100.9', SERVED],
    ['203.0.113.9, 198.51.100.9', SERVED],
  ])('a trusted proxy that says %s: %j', async (claim, expected) => {
    const headers = { 'X-Forwarded-For': claim };
    expect(await outcome({ port: ports.behindProxy, headers })).toEqual(expected);
  });

  test('where no proxy is trusted, nobody talks himself out of it', async () => {
    const headers = { 'X-Forwarded-For': '198.51.100.9', 'X-Envoy-External-Address': '198.51.100.9' };
    expect(await outcome({ port: ports.direct, from: '127.0.0.3', headers })).toEqual(BARRED);
  });

  test('what a proxy says does not hide the proxy', async () => {
    const headers = { 'X-Forwarded-For': '198.51.100.9' };
    expect(await outcome({ port: ports.behindProxy, from: '127.0.0.9', headers })).toEqual(BARRED);
  });
});

test('ip_allow lets nobody else in, nor to a probe', async () => {
  const { ports } = await edge(
    ambassadorModule({
      ip_allow: [{ peer: '127.0.0.2' }, { remote: '192.0.2.0/24' }],
      readiness_probe: { enabled: true },
    }),
  );
  const probe = 'GET /ambassador/v0/check_ready HTTP/1.1';
  expect(await outcome({ port: ports.direct, from: '127.0.0.2' })).toEqual(SERVED);
  expect(await outcome({ port: ports.direct, from: '127.0.0.2', line: probe })).toEqual([200, false]);
  expect(await outcome({ port: ports.direct })).toEqual(BARRED);
  expect(await outcome({ port: ports.direct, line: probe })).toEqual(BARRED);
  const behind = (claim: string) => outcome({ port: ports.behindProxy, headers: { 'X-Forwarded-For': claim } });
  expect(await behind('192.0.2.77')).toEqual(SERVED);
  expect(await behind('192.0.3.77')).toEqual(BARRED);
});

describe('paths and headers', () => {
  let barring: Awaited<ReturnType<typeof edge>>['ports'];
  let dropping: Awaited<ReturnType<typeof edge>>['ports'];
  let plain: Awaited<ReturnType<typeof edge>>['ports'];
  beforeAll(async () => {
    const paths = { merge_slashes: true, reject_requests_with_escaped_slashes: true };
    const underscores = (action: string) => ({ headers_with_underscores_action: action });
    ({ ports: barring } = await edge(ambassadorModule({ ...paths, ...underscores('REJECT_REQUEST') })));
    ({ ports: dropping } = await edge(ambassadorModule(underscores('DROP_HEADER'))));
    ({ ports: plain } = await edge(ambassadorModule({})));
  });

  test.each(['/a%2fb', '/a%2Fb', '/a%5cb', '/a%5C..%5Cb'])('%s is refused where the Module says so', async (path) => {
    expect(await outcome({ port: barring.direct, line: `GET ${path} HTTP/1.1` })).toEqual([400, false]);
    expect(await outcome({ port: plain.direct, line: `GET ${path} HTTP/1.1` })).toEqual(SERVED);
  });

  test('slashes are merged where the Module says so', async () => {
    await rawAnswerTo({ port: barring.direct, line: 'GET //a///b HTTP/1.1' });
    expect(upstream.requests.at(-1)?.path).toBe('/a/b');
    await rawAnswerTo({ port: plain.direct, line: 'GET //a///b HTTP/1.1' });
    expect(upstream.requests.at(-1)?.path).toBe('//a///b');
  });

  test('headers with underscores are refused, dropped, or let through', async () => {
    const headers = { x_user: 'admin', 'x-other': 'kept' };
    expect(await outcome({ port: barring.direct, headers })).toEqual([400, false]);
    expect(await outcome({ port: dropping.direct, headers })).toEqual(SERVED);
    expect(upstream.requests.at(-1)?.headers).not.toHaveProperty('x_user');
    expect(await outcome({ port: plain.direct, headers })).toEqual(SERVED);
    expect(upstream.requests.at(-1)?.headers).toMatchObject({ x_user: 'admin', 'x-other': 'kept' });
  });

  test('no probe is exposed unasked', async () => {
    for (const probe of ['check_ready', 'check_alive', 'diag/'])
      expect(await outcome({ port: plain.direct, line: `GET /ambassador/v0/${probe} HTTP/1.1` })).toEqual(SERVED);
  });
});

describe('a Module that is wrong', () => {
  const own = new Closing();
  afterEach(() => own.close());

  const GOOD = { ip_deny: [{ remote: '127.0.0.3' }] };
  const WRONG = [
    ['a misspelt field', { ip_denny: [{ remote: '127.0.0.3' }] }],
    ['an address that can’t be read', { ip_deny: [{ remote: '127.0.0' }] }],
    ['an empty list', { ip_deny: [] }],
    ['both lists', { ip_allow: [{ remote: '127.0.0.1' }], ip_deny: [{ remote: '127.0.0.3' }] }],
    ['a script that is no Lua', { lua_scripts: 'function envoy_on_request(' }],
  ] as const;

  test.each(WRONG)('from the start serves nothing until it is mended: %s', async (_, wrong) => {
    const { ports, config, plane } = await edge(ambassadorModule(wrong), own);
    const answer = await rawAnswerTo({ port: ports.direct });
    expect([answer.status, answer.body.toString()]).toEqual([
      503,
      expect.stringMatching(/Module default\/ambassador is quarantined: CS\d{4}/),
    ]);
    expect(await outcome({ port: ports.direct, from: '127.0.0.3' })).toEqual([503, false]);
    await plane.change(() => config.write('module.yaml', [ambassadorModule(GOOD)]));
    await eventually('requests are served', async () =>
      (await rawAnswerTo({ port: ports.direct })).status === 200 ? true : undefined,
    );
    expect(await outcome({ port: ports.direct, from: '127.0.0.3' })).toEqual(BARRED);
  });

  test('after a good one leaves that in force', async () => {
    const { ports, config, plane } = await edge(ambassadorModule(GOOD), own);
    for (const [, wrong] of WRONG) {
      const report = await plane.change(() => config.write('module.yaml', [ambassadorModule(wrong)]));
      expect(report.published).toEqual([]);
      expect(report.diagnostics.some(({ severity }) => severity === 'error')).toBe(true);
      expect(await outcome({ port: ports.direct })).toEqual(SERVED);
      expect(await outcome({ port: ports.direct, from: '127.0.0.3' })).toEqual(BARRED);
    }
  });

  test('only in a setting that may be missed is in force without it', async () => {
    const { ports } = await edge(
      ambassadorModule({ ...GOOD, gzip: { window_bits: 99 }, envoy_log_format: { a: '%NOPE%' } }),
      own,
    );
    expect(await outcome({ port: ports.direct })).toEqual(SERVED);
    expect(await outcome({ port: ports.direct, from: '127.0.0.3' })).toEqual(BARRED);
  });
});
