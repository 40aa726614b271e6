import { gunzipSync } from 'node:zlib';
import { Closing } from '../support/closing';
import { ConfigDirectory } from '../support/config-directory';
import { connectedEnvoy } from '../support/connected-envoy';
import { ControlPlane } from '../support/control-plane';
import { ambassadorModule, listener, mapping } from '../support/definitions';
import type { Envoy } from '../support/envoy';
import { eventually } from '../support/eventually';
import { freePort } from '../support/port';
import { type RawRequest, rawAnswerTo } from '../support/raw-client';
import { Upstream } from '../support/upstream';

// What the Module says of connections, headers and the access log, all at once on one Envoy and not at all on another.

const SCRIPT = `
local calls = 0
function envoy_on_request(request_handle)
  local headers = request_handle:headers()
  if headers:get("x-refuse") ~= nil then
    request_handle:respond({[":status"] = "418"}, "no")
  end
  headers:add("x-lua-request", "seen")
end

function envoy_on_response(response_handle)
  response_handle:headers():add("x-lua-response", "seen")
end
`;

const MODULE = {
  enable_http10: true,
  proper_case: true,
  server_name: 'the edge',
  suppress_envoy_headers: true,
  preserve_external_request_id: true,
  max_request_headers_kb: 1,
  allow_chunked_length: true,
  listener_idle_timeout_ms: 300,
  buffer_limit_bytes: 65_536,
  envoy_log_type: 'text',
  envoy_log_format: 'LOG %RESPONSE_CODE% %REQ(:PATH)% 100%%',
  envoy_log_path: '/dev/stderr',
  gzip: { min_content_length: 32, content_type: ['application/json'], compression_level: 'BEST' },
  buffer: { max_request_bytes: 64 },
  lua_scripts: SCRIPT,
  liveness_probe: { enabled: true },
  readiness_probe: { enabled: true, prefix: '/ready' },
  enable_grpc_web: true,
  enable_grpc_http11_bridge: true,
  grpc_stats: { services: [{ name: 'shop.Orders', method_names: ['Place'] }], upstream_stats: true },
};

const closing = new Closing();
let upstream: Upstream;
let configured: Edge;
let plain: Edge;

interface Edge {
  readonly port: number;
  readonly envoy: Envoy;
}

async function edge(module: object): Promise<Edge> {
  const port = await freePort();
  const definitions = [
    listener(port),
    mapping('all', { prefix: '/', rewrite: '', service: `127.0.0.1:${upstream.port}` }),
    ambassadorModule(module),
  ];
  const config = closing.keep(await ConfigDirectory.create({ 'all.yaml': definitions }));
  const plane = closing.keep(await ControlPlane.start(config.path));
  expect(plane.diagnostics.filter(({ severity }) => severity !== 'info')).toEqual([]);
  const envoy = closing.keep(await connectedEnvoy(plane.xdsPort));
  await envoy.admin.listening(port);
  return { port, envoy };
}

beforeAll(async () => {
  upstream = closing.keep(await Upstream.start());
  configured = await edge(MODULE);
  plain = await edge({});
});
afterAll(() => closing.close());

const ask = (request: Omit<RawRequest, 'port'> = {}) => rawAnswerTo({ ...request, port: configured.port });
const askPlain = (request: Omit<RawRequest, 'port'> = {}) => rawAnswerTo({ ...request, port: plain.port });

test('names of headers, the Server header, and no headers of Envoy’s own', async () => {
  const { head } = await ask();
  expect(head).toMatch(/^Content-Type: application\/json$/m);
  expect(head).toMatch(/^Server: the edge$/m);
  expect(head).not.toMatch(/x-envoy-/i);
  const { head: usual } = await askPlain();
  expect(usual).toMatch(/^content-type: application\/json$/m);
  expect(usual).toMatch(/^server: envoy$/m);
  expect(usual).toMatch(/^x-envoy-upstream-service-time: /m);
});

test('HTTP/1.0 is answered where the Module says so', async () => {
  expect(await ask({ line: 'GET / HTTP/1.0' })).toMatchObject({ status: 200 });
  expect(await askPlain({ line: 'GET / HTTP/1.0' })).toMatchObject({ status: 426 });
});

test('responses are compressed for who accepts it, and are what they were', async () => {
  const { head, body } = await ask({ headers: { 'Accept-Encoding': 'gzip' } });
  expect(head).toMatch(/^Content-Encoding: gzip$/m);
  expect(JSON.parse(gunzipSync(unchunked(body)).toString())).toMatchObject({ method: 'GET' });
  expect((await ask()).head).not.toMatch(/content-encoding/i);
  expect((await askPlain({ headers: { 'Accept-Encoding': 'gzip' } })).head).not.toMatch(/content-encoding/i);
});

test('requests with too much of a body or of headers are refused', async () => {
  const body = 'x'.repeat(65);
  const headers = { 'Content-Length': String(body.length) };
  expect(await ask({ line: 'POST / HTTP/1.1', headers, body })).toMatchObject({ status: 413 });
  expect(await askPlain({ line: 'POST / HTTP/1.1', headers, body })).toMatchObject({ status: 200 });
  const long = { 'X-Long': 'x'.repeat(2000) };
  expect(await ask({ headers: long })).toMatchObject({ status: 431 });
  expect(await askPlain({ headers: long })).toMatchObject({ status: 200 });
});

test('both Content-Length and Transfer-Encoding are taken where the Module says so', async () => {
  const request = {
    line: 'POST / HTTP/1.1',
    headers: { 'Content-Length': '3', 'Transfer-Encoding': 'chunked' },
    body: '2\r\nab\r\n0\r\n\r\n',
  };
  expect(await ask(request)).toMatchObject({ status: 200 });
  expect(upstream.requests.at(-1)?.body).toBe('ab');
  expect(await askPlain(request)).toMatchObject({ status: 400 });
});

test('the id that a request brings is kept where the Module says so', async () => {
  const headers = { 'X-Request-Id': 'mine' };
  await ask({ headers });
  expect(upstream.requests.at(-1)?.headers['x-request-id']).toBe('mine');
  await askPlain({ headers });
  expect(upstream.requests.at(-1)?.headers['x-request-id']).not.toBe('mine');
});

test('a connection without requests is closed', async () => {
  // After its 0.3 seconds, and the 5 in which Envoy still waits for one.
  const { status } = await ask({ headers: { Connection: 'keep-alive' } });
  expect(status).toBe(200);
});

test('the script sees requests and responses, and may answer', async () => {
  const { status, head } = await ask();
  expect([status, upstream.requests.at(-1)?.headers['x-lua-request']]).toEqual([200, 'seen']);
  expect(head).toMatch(/^X-Lua-Response: seen$/m);
  const before = upstream.requests.length;
  expect(await ask({ headers: { 'X-Refuse': 'yes' } })).toMatchObject({ status: 418 });
  expect(upstream.requests).toHaveLength(before);
});

test('probes are answered by Envoy while it is healthy', async () => {
  const before = upstream.requests.length;
  for (const path of ['/ready', '/ready?x=1', '/ambassador/v0/check_alive'])
    expect(await ask({ line: `GET ${path} HTTP/1.1` })).toMatchObject({ status: 200 });
  expect(upstream.requests).toHaveLength(before);
  await ask({ line: 'GET /ready/more HTTP/1.1' });
  expect(upstream.requests).toHaveLength(before + 1);
});

test('the access log says what the Module says, where it says', async () => {
  await ask({ line: 'GET /logged?x=1 HTTP/1.1' });
  expect(await configured.envoy.logged(/^LOG 200 \/logged\?x=1 100%$/)).toBeTruthy();
});

test('gRPC-Web is turned into gRPC, and calls are counted by method', async () => {
  const call = {
    line: 'POST /shop.Orders/Place HTTP/1.1',
    headers: { 'Content-Type': 'application/grpc-web', 'Content-Length': '5' },
    body: '\0\0\0\0\0',
  };
  await ask(call);
  expect(upstream.requests.at(-1)?.headers['content-type']).toBe('application/grpc');
  const counted = /^cluster\..*\.grpc\.shop\.Orders\.Place\.request_message_count: 1$/m;
  await eventually(
    'the call is counted',
    async () => counted.exec(await configured.envoy.admin.text('/stats')) ?? undefined,
  );
  await askPlain(call);
  expect(upstream.requests.at(-1)?.headers['content-type']).toBe('application/grpc-web');
});

/** The body of a response in chunks (RFC 9112 §7.1). */
function unchunked(body: Buffer): Buffer {
  const end = body.indexOf('\r\n');
  const length = Number.parseInt(body.subarray(0, end).toString(), 16);
  if (!(length > 0)) return Buffer.alloc(0);
  return Buffer.concat([body.subarray(end + 2, end + 2 + length), unchunked(body.subarray(end + 4 + length))]);
}
