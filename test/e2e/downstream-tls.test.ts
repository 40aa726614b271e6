import type { CertificateAuthority, IssuedCertificate } from '../../src/cli/demo/pki';
import { type ClientRequest, answerTo, send } from '../support/client';
import { Closing } from '../support/closing';
import { ConfigDirectory } from '../support/config-directory';
import { connectedEnvoy } from '../support/connected-envoy';
import { ControlPlane } from '../support/control-plane';
import { host, keyPair, listener, mapping, secret } from '../support/definitions';
import type { Envoy } from '../support/envoy';
import { issueLeaf, rootCa } from '../support/issuance';
import { freePort } from '../support/port';
import { type Sighting, Upstream } from '../support/upstream';

// Clients before an edge with Hosts of different strictness on one SECURE Listener; every Host leads to the same upstream.
// Ways around them: attacks/.

const closing = new Closing();
const ALICE = 'spiffe://clients/alice';
const FORGED = 'By=spiffe://forged;Hash=00;URI=spiffe://clients/alice';

let port: number;
let ca: CertificateAuthority;
let upstream: Upstream;
let envoy: Envoy;
let plane: ControlPlane;
const served: Record<string, IssuedCertificate> = {};
const clients: Record<string, IssuedCertificate> = {};

beforeAll(async () => {
  ca = await rootCa();
  const clientCa = await rootCa('clients CA');
  const strangers = await rootCa('another CA');
  for (const [secretName, name] of [
    ['public', 'public.test'],
    ['wild', '*.wild.test'],
    ['guarded', 'guarded.wild.test'],
    ['named', 'named.test'],
    ['only-named', 'only-named.test'],
    ['optional', 'optional.test'],
  ] as const)
    served[secretName] = await issueLeaf(ca, { name, key: secretName === 'wild' ? 'rsa' : 'ec' });
  clients['alice'] = await issueLeaf(clientCa, { name: 'alice', uri: ALICE });
  clients['bob'] = await issueLeaf(clientCa, { name: 'bob', key: 'rsa', uri: 'spiffe://clients/bob' });
  clients['mallory'] = await issueLeaf(strangers, { name: 'alice', uri: ALICE });
  clients['of the servers'] = await issueLeaf(ca, { name: 'alice', uri: ALICE });
  upstream = closing.keep(await Upstream.start());
  port = await freePort();
  const withClients = { ca_secret: 'clients-ca', cert_required: true };
  const terminating = (name: string, hostname: string, tls?: object) =>
    host(name, { hostname, tlsSecret: { name }, ...(tls !== undefined && { tls }) });
  const config = closing.keep(
    await ConfigDirectory.create({
      'secrets.yaml': [
        ...Object.entries(served).map(([name, certificate]) => keyPair(name, certificate, { ca: ca.certificatePem })),
        secret('clients-ca', { 'ca.crt': clientCa.certificatePem }),
      ],
      'hosts.yaml': [
        listener(port, { protocol: 'HTTPS', securityModel: 'SECURE' }),
        terminating('public', 'public.test'),
        terminating('wild', '*.wild.test'),
        terminating('guarded', 'guarded.wild.test', withClients),
        terminating('named', 'named.test', {
          ...withClients,
          verify: { subject_alt_names: [{ type: 'uri', exact: ALICE }] },
        }),
        terminating('only-named', 'only-named.test', {
          ca_secret: 'clients-ca',
          cert_required: false,
          verify: { subject_alt_names: [{ type: 'uri', exact: ALICE }] },
        }),
        terminating('optional', 'optional.test', { ca_secret: 'clients-ca', cert_required: false }),
        mapping('all', { prefix: '/', service: `http://127.0.0.1:${upstream.port}` }),
      ],
    }),
  );
  plane = closing.keep(await ControlPlane.start(config.path));
  envoy = closing.keep(await connectedEnvoy(plane.xdsPort));
  await envoy.admin.listening(port);
});
afterAll(() => closing.close());

function request(name: string, client?: string, options: Partial<ClientRequest> = {}): ClientRequest {
  const certificate = client === undefined ? undefined : clients[client];
  return {
    port,
    authority: name,
    tls: {
      ca: ca.certificatePem,
      serverName: name,
      ...(certificate !== undefined && { cert: certificate.chainPem, key: certificate.privateKeyPem }),
    },
    ...options,
  };
}

async function seen(sent: ClientRequest): Promise<Sighting> {
  const answer = await answerTo(sent);
  expect(answer).toMatchObject({ status: 200 });
  return JSON.parse(answer.body) as Sighting;
}

/** The request ends with the connection; `stat` tells why: a counter of the listener that rises. */
async function closed(sent: ClientRequest, stat: string): Promise<void> {
  const count = async () => (await envoy.admin.stat(`listener.0.0.0.0_${port}.${stat}`)) ?? 0;
  const before = { count: await count(), requests: upstream.requests.length };
  expect(await send(sent)).toHaveProperty('error');
  expect(upstream.requests).toHaveLength(before.requests);
  expect(await count()).toBeGreaterThan(before.count);
}

describe('SNI', () => {
  test.each([
    ['public.test', undefined, 'public'],
    ['a.wild.test', undefined, 'wild'],
    ['guarded.wild.test', 'alice', 'guarded'],
    ['named.test', 'alice', 'named'],
  ])('%s gets the certificate of its Host', async (name, client, secretName) => {
    const answer = await answerTo(request(name, client));
    expect(answer).toMatchObject({ status: 200, tlsVersion: 'TLSv1.3' });
    expect(answer.serverSerial?.toLowerCase()).toBe(served[secretName]?.serial);
  });

  test('of nobody gets no certificate at all', async () => {
    await closed(request('unknown.test'), 'no_filter_chain_match');
  });
});

describe('a Host that demands a client certificate', () => {
  test('lets in whoever has one of the CA', async () => {
    for (const client of ['alice', 'bob']) await seen(request('guarded.wild.test', client));
  });

  test('with a name demands that name', async () => {
    await seen(request('named.test', 'alice'));
    await closed(request('named.test', 'bob'), 'ssl.fail_verify_san');
  });

  test.each(['guarded.wild.test', 'named.test', 'only-named.test'])('%s lets nobody in without one', async (name) => {
    await closed(request(name), 'ssl.fail_verify_no_cert');
  });

  test.each(['mallory', 'of the servers'])('lets nobody in with one of another CA: %s', async (client) => {
    await closed(request('guarded.wild.test', client), 'ssl.fail_verify_error');
    await closed(request('named.test', client), 'ssl.fail_verify_error');
  });
});

test('an optional client certificate may be missing, but not be bad', async () => {
  expect((await seen(request('optional.test'))).headers).not.toHaveProperty('x-forwarded-client-cert');
  const { headers } = await seen(request('optional.test', 'alice'));
  expect(headers['x-forwarded-client-cert']).toContain(`URI=${ALICE}`);
  await closed(request('optional.test', 'mallory'), 'ssl.fail_verify_error');
});

describe('X-Forwarded-Client-Cert', () => {
  const forged = { headers: { 'x-forwarded-client-cert': FORGED } };

  test('tells the upstream who it was', async () => {
    const { headers } = await seen(request('guarded.wild.test', 'bob'));
    const xfcc = headers['x-forwarded-client-cert'] ?? '';
    expect(xfcc).toMatch(/Hash=[0-9a-f]{64}/);
    expect(xfcc).toContain('Subject="CN=bob"');
    expect(xfcc).toContain('URI=spiffe://clients/bob');
    expect(xfcc).toContain('DNS=bob');
  });

  test.each(['public.test', 'optional.test', 'a.wild.test'])('of the client does not get through %s', async (name) => {
    expect((await seen(request(name, undefined, forged))).headers).not.toHaveProperty('x-forwarded-client-cert');
  });
});
