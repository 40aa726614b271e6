import { answerTo } from '../support/client';
import { Closing } from '../support/closing';
import { ConfigDirectory } from '../support/config-directory';
import { connectedEnvoy } from '../support/connected-envoy';
import { ControlPlane } from '../support/control-plane';
import { keyPair, listener, mapping, secret, service, tlsContext } from '../support/definitions';
import { GrpcService, unary } from '../support/grpc-service';
import { issueLeaf, rootCa } from '../support/issuance';
import { freePort } from '../support/port';
import type { EnvoyMessages } from '../../src/protos';
import { Upstream, type UpstreamTls } from '../support/upstream';

// A gateway whose rate limit service, reached over mutual TLS, has a limit for user mallory and one for nobody else.

type Request = EnvoyMessages['envoy.service.ratelimit.v3.RateLimitRequest'];
type Response = EnvoyMessages['envoy.service.ratelimit.v3.RateLimitResponse'];

const closing = new Closing();
const asked: { readonly domain: string; readonly labels: readonly string[]; readonly client: string }[] = [];

let port: number;
let limits: GrpcService;
let config: ConfigDirectory;
let plane: ControlPlane;

const limitService = (more: object = {}) =>
  service('RateLimitService', 'limits', {
    service: `127.0.0.1:${limits.port}`,
    domain: 'shop',
    timeout_ms: 2000,
    tls: 'limits-tls',
    ...more,
  });

const ShouldRateLimit = unary<Request, Response>(({ domain, descriptors }, call) => {
  const labels = (descriptors ?? []).map(({ entries }) =>
    (entries ?? []).map(({ key, value }) => `${key}=${value}`).join(' '),
  );
  asked.push({ domain: domain ?? '', labels, client: String(call.getAuthContext()?.sslPeerCertificate?.subject.CN) });
  return { overall_code: labels.some((label) => label.includes('user=mallory')) ? 'OVER_LIMIT' : 'OK' };
});

beforeAll(async () => {
  const ca = await rootCa();
  const server = await issueLeaf(ca, { name: 'limits.test' });
  const tls: UpstreamTls = { cert: server.chainPem, key: server.privateKeyPem, clientCa: ca.certificatePem };
  limits = closing.keep(
    await GrpcService.start('envoy.service.ratelimit.v3.RateLimitService', { ShouldRateLimit }, tls),
  );
  const upstream = closing.keep(await Upstream.start());
  const to = `127.0.0.1:${upstream.port}`;
  port = await freePort();
  const byUser = { request_headers: { key: 'user', header_name: 'x-user' } };
  config = closing.keep(
    await ConfigDirectory.create({
      'routes.yaml': [
        listener(port),
        keyPair('gateway', await issueLeaf(ca, { name: 'gateway' })),
        secret('limits-ca', { 'ca.crt': ca.certificatePem }),
        tlsContext('limits-tls', { secret: 'gateway', ca_secret: 'limits-ca', verify: { hostname: 'limits.test' } }),
        mapping('limited', {
          prefix: '/limited/',
          service: to,
          stats_name: 'limited',
          labels: {
            shop: [
              { by_user: [{ generic_key: { value: 'api' } }, byUser] },
              { by_address: [{ remote_address: { key: 'remote_address' } }] },
            ],
            other: [{ nothing: [{ generic_key: { value: 'nothing' } }] }],
          },
        }),
        mapping('by-user', { prefix: '/by-user/', service: to, labels: { shop: [{ by_user: [byUser] }] } }),
        mapping('unlimited', { prefix: '/unlimited/', service: to }),
      ],
      'limits.yaml': [limitService()],
    }),
  );
  plane = closing.keep(await ControlPlane.start(config.path));
  const envoy = closing.keep(await connectedEnvoy(plane.xdsPort));
  await envoy.admin.listening(port);
});
afterAll(() => closing.close());

const statusOf = async (path: string, headers: Readonly<Record<string, string>> = {}) =>
  (await answerTo({ port, path, headers })).status;

/** As another definition of the service, once Envoy has it. */
async function become(definitions: readonly object[]): Promise<void> {
  await plane.change(() => config.write('limits.yaml', definitions));
  await plane.admin.inStep('edge');
}

test('is told the labels of its domain, over mutual TLS, and lets pass what is within the limit', async () => {
  expect(await statusOf('/limited/', { 'x-user': 'alice' })).toBe(200);
  expect(asked.at(-1)).toEqual({
    domain: 'shop',
    labels: ['generic_key=api user=alice', 'remote_address=127.0.0.1'],
    client: 'gateway',
  });
});

test('what is over the limit gets 429', async () => {
  expect(await statusOf('/limited/', { 'x-user': 'mallory' })).toBe(429);
});

test('a group is left out where its header is missing, and nobody is asked about no labels at all', async () => {
  expect(await statusOf('/limited/')).toBe(200);
  expect(asked.at(-1)?.labels).toEqual(['remote_address=127.0.0.1']);
  const before = asked.length;
  expect(await statusOf('/by-user/')).toBe(200);
  expect(await statusOf('/unlimited/', { 'x-user': 'mallory' })).toBe(200);
  expect(asked).toHaveLength(before);
});

test('default labels go first, and are a group of their own where a Mapping has none', async () => {
  const default_labels = { shop: { defaults: [{ generic_key: { key: 'from', value: 'edge' } }] } };
  await become([limitService(), service('Module', 'ambassador', { config: { default_labels } })]);
  expect(await statusOf('/unlimited/')).toBe(200);
  expect(asked.at(-1)?.labels).toEqual(['from=edge']);
  expect(await statusOf('/by-user/', { 'x-user': 'alice' })).toBe(200);
  expect(asked.at(-1)?.labels).toEqual(['from=edge user=alice']);
});

describe('while the service cannot be asked', () => {
  let nowhere: string;
  beforeAll(async () => {
    nowhere = `127.0.0.1:${await freePort()}`;
  });

  test('requests pass', async () => {
    await become([limitService({ service: nowhere })]);
    expect(await statusOf('/limited/', { 'x-user': 'mallory' })).toBe(200);
  });

  test('with failure_mode_deny, those with labels get 500', async () => {
    await become([limitService({ service: nowhere, failure_mode_deny: true })]);
    expect(await statusOf('/limited/', { 'x-user': 'alice' })).toBe(500);
    expect(await statusOf('/unlimited/')).toBe(200);
  });
});

describe('while the definition is out of service', () => {
  test('requests pass unlimited', async () => {
    await become([limitService({ tls: 'nowhere' })]);
    const before = asked.length;
    expect(await statusOf('/limited/', { 'x-user': 'mallory' })).toBe(200);
    expect(asked).toHaveLength(before);
    expect(plane.diagnostics.map(({ code }) => code)).toContain('CS3001');
  });

  test('with failure_mode_deny, those with labels get 503 with the code', async () => {
    await become([limitService({ tls: 'nowhere', failure_mode_deny: true })]);
    const answer = await answerTo({ port, path: '/limited/' });
    expect(answer).toMatchObject({ status: 503, body: 'RateLimitService default/limits is quarantined: CS3001\n' });
    expect(await statusOf('/unlimited/')).toBe(200);
  });
});

test('is asked again once it is mended', async () => {
  await become([limitService()]);
  expect(await statusOf('/limited/', { 'x-user': 'mallory' })).toBe(429);
});
