import type { ServerReadableStream } from '@grpc/grpc-js';
import type { EnvoyMessages } from '../../src/protos';
import { answerTo } from '../support/client';
import { Closing } from '../support/closing';
import { ConfigDirectory } from '../support/config-directory';
import { connectedEnvoy } from '../support/connected-envoy';
import { ControlPlane } from '../support/control-plane';
import { keyPair, listener, mapping, secret, service, tlsContext } from '../support/definitions';
import { eventually } from '../support/eventually';
import { GrpcService } from '../support/grpc-service';
import { issueLeaf, rootCa } from '../support/issuance';
import { freePort } from '../support/port';
import { Upstream, type UpstreamTls } from '../support/upstream';

// A gateway that logs to two services, one of them over mutual TLS, and traces to a Zipkin collector.

type Logs = EnvoyMessages['envoy.service.accesslog.v3.StreamAccessLogsMessage'];
type HttpEntry = EnvoyMessages['envoy.data.accesslog.v3.HTTPAccessLogEntry'];

const closing = new Closing();
const messages: Logs[] = [];

let port: number;
let tcpPort: number;
let config: ConfigDirectory;
let plane: ControlPlane;
let collector: Upstream;
let zipkin: object;

beforeAll(async () => {
  const ca = await rootCa();
  const server = await issueLeaf(ca, { name: 'logs.test' });
  const tls: UpstreamTls = { cert: server.chainPem, key: server.privateKeyPem, clientCa: ca.certificatePem };
  const StreamAccessLogs = (call: ServerReadableStream<Logs, object>) => {
    call.on('data', (message: Logs) => messages.push(message));
    call.on('error', () => undefined);
  };
  const name = 'envoy.service.accesslog.v3.AccessLogService';
  const plain = closing.keep(await GrpcService.start(name, { StreamAccessLogs }));
  const secure = closing.keep(await GrpcService.start(name, { StreamAccessLogs }, tls));
  collector = closing.keep(await Upstream.start());
  const upstream = closing.keep(await Upstream.start());
  port = await freePort();
  tcpPort = await freePort();
  zipkin = {
    service: `127.0.0.1:${collector.port}`,
    driver: 'zipkin',
    custom_tags: [
      { tag: 'where', literal: { value: 'edge' } },
      { tag: 'tenant', request_header: { name: 'x-tenant' } },
    ],
  };
  config = closing.keep(
    await ConfigDirectory.create({
      'routes.yaml': [
        listener(port),
        keyPair('gateway', await issueLeaf(ca, { name: 'gateway' })),
        secret('logs-ca', { 'ca.crt': ca.certificatePem }),
        tlsContext('logs-tls', { secret: 'gateway', ca_secret: 'logs-ca', verify: { hostname: 'logs.test' } }),
        service('TCPMapping', 'passed-on', { port: tcpPort, service: `127.0.0.1:${upstream.port}` }),
        mapping('seen', { prefix: '/seen/', service: `127.0.0.1:${upstream.port}` }),
      ],
      'logs.yaml': [
        service('LogService', 'requests', {
          service: `127.0.0.1:${plain.port}`,
          driver: 'http',
          driver_config: { additional_log_headers: [{ header_name: 'x-tenant', during_request: true }] },
          flush_interval_byte_size: 0,
          grpc: true,
        }),
        service('LogService', 'connections', {
          service: `127.0.0.1:${secure.port}`,
          driver: 'tcp',
          tls: 'logs-tls',
          flush_interval_byte_size: 0,
        }),
      ],
      'tracing.yaml': [service('TracingService', 'tracing', zipkin)],
    }),
  );
  plane = closing.keep(await ControlPlane.start(config.path));
  const envoy = closing.keep(await connectedEnvoy(plane.xdsPort));
  await envoy.admin.listening(port);
  await envoy.admin.listening(tcpPort);
});
afterAll(() => closing.close());

const httpEntries = (): readonly HttpEntry[] => messages.flatMap(({ http_logs }) => http_logs?.log_entry ?? []);

test('a LogService is told of each request, with the headers that it wants', async () => {
  const headers = { 'x-tenant': 'one', 'x-private': 'two' };
  expect(await answerTo({ port, path: '/seen/logged', headers })).toMatchObject({ status: 200 });
  const entry = await eventually('the entry arrives', () =>
    Promise.resolve(httpEntries().find(({ request }) => request?.original_path === '/seen/logged')),
  );
  expect(entry.request?.request_headers).toEqual({ 'x-tenant': 'one' });
  expect(entry.response?.response_code).toEqual({ value: 200 });
  const identified = messages.find(({ http_logs }) => (http_logs?.log_entry ?? []).length > 0);
  expect(identified?.identifier?.log_name).toBe('requests');
});

test.each([
  ['an HTTP request', () => answerTo({ port, path: '/seen/' })],
  ['a connection that a TCPMapping passes on', () => answerTo({ port: tcpPort })],
])('one of driver tcp is told, over mutual TLS, of %s', async (_what, ask) => {
  const entries = () => messages.flatMap(({ tcp_logs }) => tcp_logs?.log_entry ?? []).length;
  const before = entries();
  expect(await ask()).toMatchObject({ status: 200 });
  await eventually('the entry arrives', () => Promise.resolve(entries() > before ? true : undefined));
  // A stream says once what it is about.
  const names = messages.flatMap(({ tcp_logs, identifier }) => (tcp_logs ? (identifier?.log_name ?? []) : []));
  expect(new Set(names)).toEqual(new Set(['connections']));
});

interface Span {
  readonly tags: Readonly<Record<string, string>>;
}

const spans = (): readonly Span[] => collector.requests.flatMap(({ body }) => JSON.parse(body) as Span[]);

test('a TracingService is sent a span of each request, with its tags', async () => {
  await answerTo({ port, path: '/seen/traced', headers: { 'x-tenant': 'one' } });
  const span = await eventually('the span arrives', () =>
    Promise.resolve(spans().find(({ tags }) => tags['http.url']?.endsWith('/seen/traced') === true)),
  );
  expect(span.tags).toMatchObject({ tenant: 'one', where: 'edge', 'http.status_code': '200' });
  expect(collector.requests[0]).toMatchObject({ method: 'POST', path: '/api/v2/spans' });
});

test('services out of service are left out, and come back; requests are served all the time', async () => {
  const change = async (definitions: readonly object[]) => {
    await plane.change(() => config.write('tracing.yaml', definitions));
    await plane.admin.inStep('edge');
    expect(await answerTo({ port, path: '/seen/' })).toMatchObject({ status: 200 });
  };
  await change([service('TracingService', 'tracing', { ...zipkin, tls: 'nowhere' })]);
  expect(plane.diagnostics.map(({ code }) => code)).toContain('CS3001');
  await change([]);
  await change([service('TracingService', 'tracing', { ...zipkin, sampling: { overall: 100 } })]);
  await answerTo({ port, path: '/seen/again' });
  await eventually('the span arrives', () =>
    Promise.resolve(spans().find(({ tags }) => tags['http.url']?.endsWith('/seen/again') === true)),
  );
});

test.each(['datadog', 'opentelemetry'])('Envoy takes the tracer %s', async (driver) => {
  const tracer = { service: `127.0.0.1:${collector.port}`, driver };
  await plane.change(() => config.write('tracing.yaml', [service('TracingService', 'tracing', tracer)]));
  await plane.admin.inStep('edge');
  const [node] = await plane.admin.inStep('edge');
  expect(node?.streams.flatMap(({ types }) => Object.values(types).flatMap(({ parked }) => parked))).toEqual([]);
  expect(await answerTo({ port, path: '/seen/' })).toMatchObject({ status: 200 });
});
