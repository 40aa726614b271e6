import type { CertificateAuthority } from '../../src/cli/demo/pki';
import { type AuthServer, grpcAuthServer, httpAuthServer } from '../support/auth-servers';
import { type Answer, answerTo, type ClientRequest } from '../support/client';
import { Closing } from '../support/closing';
import { ConfigDirectory } from '../support/config-directory';
import { connectedEnvoy } from '../support/connected-envoy';
import { ControlPlane } from '../support/control-plane';
import { host, keyPair, listener, mapping, secret, service, tlsContext } from '../support/definitions';
import { eventually } from '../support/eventually';
import { issueLeaf, rootCa } from '../support/issuance';
import { freePort } from '../support/port';
import { SilentServer } from '../support/silent-server';
import { type Sighting, Upstream, type UpstreamTls } from '../support/upstream';

// Three node groups with the same routes: authenticated by HTTP, by gRPC, and by an AuthService that can't be honoured.

const closing = new Closing();
const GROUPS = ['http', 'grpc', 'broken'] as const;
type Group = (typeof GROUPS)[number];
const ALL = { ambassador_id: GROUPS };
const CREDENTIALS = { authorization: 'good' };

const ports: Record<Group, number> = { http: 0, grpc: 0, broken: 0 };
let ca: CertificateAuthority;
let serverTls: UpstreamTls;
let upstream: Upstream;
let config: ConfigDirectory;
let plane: ControlPlane;
let http: AuthServer;
let grpc: AuthServer;
let plain: AuthServer;

const tlsDefinitions = () => [
  tlsContext('auth-tls', { ...ALL, secret: 'gateway', ca_secret: 'auth-ca', verify: { hostname: 'auth.test' } }),
  tlsContext('auth-other', { ...ALL, secret: 'gateway', ca_secret: 'auth-ca', verify: { hostname: 'other.test' } }),
];

const httpAuth = (more: object = {}) =>
  service('AuthService', 'auth', {
    ambassador_id: ['http'],
    auth_service: `127.0.0.1:${http.port}`,
    tls: 'auth-tls',
    path_prefix: '/check',
    allowed_request_headers: ['x-tenant'],
    allowed_authorization_headers: ['x-user'],
    add_auth_headers: { 'x-gateway': 'edge' },
    include_body: { max_bytes: 100_000, allow_partial: false },
    ...more,
  });

beforeAll(async () => {
  ca = await rootCa();
  const server = await issueLeaf(ca, { name: 'auth.test' });
  serverTls = { cert: server.chainPem, key: server.privateKeyPem, clientCa: ca.certificatePem };
  upstream = closing.keep(await Upstream.start());
  http = closing.keep(await httpAuthServer(serverTls));
  grpc = closing.keep(await grpcAuthServer(serverTls));
  plain = closing.keep(await httpAuthServer());
  const to = `127.0.0.1:${upstream.port}`;
  for (const group of GROUPS) ports[group] = await freePort();
  config = closing.keep(
    await ConfigDirectory.create({
      'secrets.yaml': [
        keyPair('gateway', await issueLeaf(ca, { name: 'gateway' })),
        secret('auth-ca', { 'ca.crt': ca.certificatePem }),
      ],
      'tls.yaml': tlsDefinitions(),
      'routes.yaml': [
        ...GROUPS.map((group) => listener(ports[group], { ambassador_id: [group] })),
        host('open', { ...ALL, hostname: '*', requestPolicy: { insecure: { action: 'Route' } } }),
        host('redirecting', { ...ALL, hostname: 'redirecting.test' }),
        mapping('guarded', { ...ALL, prefix: '/guarded/', service: to }),
        mapping('told', { ...ALL, prefix: '/told/', service: to, auth_context_extensions: { area: 'pay' } }),
        mapping('public', { ...ALL, prefix: '/public/', service: to, bypass_auth: true }),
        mapping('moved', { ...ALL, prefix: '/moved/', service: 'elsewhere.test', host_redirect: true }),
        mapping('misconfigured', { ...ALL, prefix: '/misconfigured/', service: to, tls: 'nowhere' }),
      ],
      'auth-http.yaml': [httpAuth()],
      'auth-grpc.yaml': [
        service('AuthService', 'auth-grpc', {
          ambassador_id: ['grpc'],
          auth_service: `127.0.0.1:${grpc.port}`,
          proto: 'grpc',
          tls: 'auth-tls',
          include_body: { max_bytes: 10, allow_partial: true },
        }),
      ],
      'auth-broken.yaml': [
        service('AuthService', 'auth-broken', {
          ambassador_id: ['broken'],
          auth_service: `127.0.0.1:${http.port}`,
          tls: 'nowhere',
        }),
      ],
    }),
  );
  plane = closing.keep(await ControlPlane.start(config.path));
  for (const group of GROUPS) {
    const envoy = closing.keep(await connectedEnvoy(plane.xdsPort, { ambassadorId: group, nodeId: group }));
    await envoy.admin.listening(ports[group]);
  }
});
afterAll(() => closing.close());

const servers = (): readonly AuthServer[] => [http, grpc];
const asked = (): number => servers().reduce((sum, { questions }) => sum + questions.length, 0);

async function ask(group: Group, path: string, request: Partial<ClientRequest> = {}): Promise<Answer> {
  return await answerTo({ port: ports[group], path, ...request });
}

/** What the upstream was sent for a request that must get there. */
async function seen(group: Group, path: string, request: Partial<ClientRequest> = {}): Promise<Sighting> {
  const answer = await ask(group, path, request);
  expect(answer).toMatchObject({ status: 200 });
  return JSON.parse(answer.body) as Sighting;
}

/** The answer to a request that must not get to the upstream. */
async function kept(group: Group, path: string, request: Partial<ClientRequest> = {}): Promise<Answer> {
  const before = upstream.requests.length;
  const answer = await ask(group, path, request);
  expect(upstream.requests.length).toBe(before);
  return answer;
}

describe.each(['http', 'grpc'] as const)('an AuthService of proto %s', (group) => {
  const server = () => (group === 'http' ? http : grpc);

  test('lets in whom it allows, and tells the upstream who it is', async () => {
    const { headers, path } = await seen(group, '/guarded/hello?a=b', { headers: CREDENTIALS });
    expect({ path, user: headers['x-user'] }).toEqual({ path: '/hello?a=b', user: 'alice' });
  });

  test("refuses all others with the service's own answer", async () => {
    const answer = await kept(group, '/guarded/');
    expect(answer).toMatchObject({ status: group === 'http' ? 403 : 401, body: 'not you\n' });
  });

  test('is asked over mutual TLS with the certificate of the gateway', async () => {
    await seen(group, '/guarded/', { headers: CREDENTIALS });
    expect(server().questions.at(-1)?.client).toBe('gateway');
  });

  test('is not asked where a Mapping bypasses it, and hears nothing of what Envoy answers itself', async () => {
    const before = asked();
    await seen(group, '/public/');
    expect(await kept(group, '/moved/')).toMatchObject({ status: 301 });
    expect(await kept(group, '/misconfigured/')).toMatchObject({ status: 503 });
    expect(await kept(group, '/guarded/', { authority: 'redirecting.test' })).toMatchObject({ status: 301 });
    expect(await kept(group, '/nowhere')).toMatchObject({ status: 404 });
    expect(asked()).toBe(before);
  });
});

describe('what the service is told', () => {
  test('by HTTP: the path below path_prefix, the headers that are allowed, those that are added, and the body', async () => {
    const headers = { ...CREDENTIALS, 'x-tenant': 'one', 'x-private': 'two', cookie: 'c=1' };
    await seen('http', '/guarded/a?b=c', { method: 'POST', headers, body: 'the body' });
    const question = http.questions.at(-1);
    expect(question).toMatchObject({
      path: '/check/guarded/a?b=c',
      body: 'the body',
      headers: { 'x-tenant': 'one', cookie: 'c=1', 'x-gateway': 'edge' },
    });
    expect(question?.headers).not.toHaveProperty('x-private');
  });

  test('by HTTP: a body that is larger than a connection buffers, and none beyond max_bytes', async () => {
    await seen('http', '/guarded/', { method: 'POST', headers: CREDENTIALS, body: 'x'.repeat(90_000) });
    expect(http.questions.at(-1)?.body).toHaveLength(90_000);
    const before = asked();
    const answer = await kept('http', '/guarded/', { method: 'POST', headers: CREDENTIALS, body: 'x'.repeat(200_000) });
    expect(answer).toMatchObject({ status: 413 });
    expect(asked()).toBe(before);
  });

  test('by HTTP: of its answer, only headers that are allowed reach the client', async () => {
    const { headers } = await kept('http', '/guarded/');
    expect(headers).toHaveProperty('www-authenticate', 'Test');
    expect(headers).not.toHaveProperty('x-secret');
  });

  test('by gRPC: what the Mapping says of itself, every header, and the beginning of the body', async () => {
    await seen('grpc', '/told/', {
      method: 'POST',
      headers: { ...CREDENTIALS, 'x-private': 'two' },
      body: 'a body longer than ten bytes',
    });
    expect(grpc.questions.at(-1)).toMatchObject({
      extensions: { area: 'pay' },
      headers: { 'x-private': 'two' },
      body: 'a body lon',
    });
  });
});

describe('an AuthService that cannot be honoured', () => {
  test.each([CREDENTIALS, {}])(
    'answers 503 with the code for all that it guards, credentials or not',
    async (headers) => {
      for (const path of ['/guarded/', '/told/'])
        expect(await kept('broken', path, { headers })).toMatchObject({
          status: 503,
          body: 'AuthService default/auth-broken is quarantined: CS3001\n',
        });
    },
  );

  test('takes nothing else down', async () => {
    await seen('broken', '/public/');
    expect(await kept('broken', '/moved/')).toMatchObject({ status: 301 });
    expect(await kept('broken', '/misconfigured/')).toMatchObject({
      body: 'Mapping default/misconfigured is quarantined: CS3001\n',
    });
  });

  test('never means that nobody asks: not for a moment, while it breaks and is mended under load', async () => {
    const before = upstream.requests.length;
    const statuses = new Set<number>();
    const done = new AbortController();
    const keepAsking = async () => {
      while (!done.signal.aborted) statuses.add((await ask('http', '/guarded/')).status);
    };
    const load = Promise.all([keepAsking(), keepAsking(), keepAsking(), keepAsking()]);
    await plane.change(() => config.write('tls.yaml', []));
    await eventually('guarded routes are closed', async () =>
      (await ask('http', '/guarded/', { headers: CREDENTIALS })).status === 503 ? true : undefined,
    );
    await plane.admin.inStep('http');
    expect((await ask('http', '/public/')).status).toBe(200);
    const closed = upstream.requests.length;
    await plane.change(() => config.write('tls.yaml', tlsDefinitions()));
    await eventually('guarded routes are open again', async () =>
      (await ask('http', '/guarded/', { headers: CREDENTIALS })).status === 200 ? true : undefined,
    );
    done.abort();
    await load;
    const arrived = upstream.requests.slice(before).filter(({ headers }) => headers['x-user'] !== 'alice');
    expect(arrived.map(({ path, headers }) => [path, headers['authorization']])).toEqual([['/', undefined]]);
    expect(upstream.requests.length).toBeGreaterThan(closed);
    expect(statuses).toEqual(new Set([403, 503]));
  });
});

describe('a service that cannot be asked', () => {
  test('because it shows the name of another: 403, and never through', async () => {
    await plane.change(() => config.write('auth-http.yaml', [httpAuth({ tls: 'auth-other' })]));
    await plane.admin.inStep('http');
    const before = asked();
    expect(await kept('http', '/guarded/', { headers: CREDENTIALS })).toMatchObject({ status: 403 });
    expect(asked()).toBe(before);
  });

  test('because it is gone: status_on_error', async () => {
    const port = await freePort();
    await plane.change(() =>
      config.write('auth-http.yaml', [httpAuth({ auth_service: `127.0.0.1:${port}`, status_on_error: { code: 502 } })]),
    );
    await plane.admin.inStep('http');
    expect(await kept('http', '/guarded/', { headers: CREDENTIALS })).toMatchObject({ status: 502 });
    await seen('http', '/public/');
  });

  test('because it does not answer in time: refused', async () => {
    const silent = closing.keep(await SilentServer.start());
    const slow = { ambassador_id: ['http'], auth_service: `127.0.0.1:${silent.port}`, timeout_ms: 50 };
    await plane.change(() => config.write('auth-http.yaml', [service('AuthService', 'auth', slow)]));
    await plane.admin.inStep('http');
    expect(await kept('http', '/guarded/', { headers: CREDENTIALS })).toMatchObject({ status: 403 });
    expect(silent.connections).toBe(1);
  });

  test('with failure_mode_allow: through, as the operator chose, with a warning', async () => {
    const port = await freePort();
    await plane.change(() =>
      config.write('auth-http.yaml', [httpAuth({ auth_service: `127.0.0.1:${port}`, failure_mode_allow: true })]),
    );
    await plane.admin.inStep('http');
    await seen('http', '/guarded/');
    expect(plane.diagnostics.map(({ code }) => code)).toContain('CS4045');
  });
});

test('an AuthService in a file that is no YAML: closed from the start, and the last good one from then on', async () => {
  const own = await freePort();
  const guarded = mapping('guarded', { prefix: '/guarded/', service: `127.0.0.1:${upstream.port}` });
  const good = [service('AuthService', 'auth', { auth_service: `127.0.0.1:${plain.port}` })];
  const directory = closing.keep(await ConfigDirectory.create({ 'routes.yaml': [listener(own), guarded] }));
  const broken = 'kind: AuthService\nmetadata: {name: auth}\nspec: {auth_service: [\n';
  await directory.writeText('auth.yaml', broken);
  const fresh = closing.keep(await ControlPlane.start(directory.path));
  const envoy = closing.keep(await connectedEnvoy(fresh.xdsPort));
  await envoy.admin.listening(own);
  const status = async (headers: Readonly<Record<string, string>>) =>
    (await answerTo({ port: own, path: '/guarded/', headers })).status;
  expect(await status(CREDENTIALS)).toBe(503);
  await fresh.change(() => directory.write('auth.yaml', good));
  await fresh.admin.inStep('edge');
  expect([await status(CREDENTIALS), await status({})]).toEqual([200, 403]);
  await fresh.change(() => directory.writeText('auth.yaml', broken));
  await fresh.admin.inStep('edge');
  expect([await status(CREDENTIALS), await status({})]).toEqual([200, 403]);
});
