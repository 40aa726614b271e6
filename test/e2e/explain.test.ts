import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bootstrapDocument } from '../../src/cli/bootstrap-document';
import type { LogLine } from '../../src/explanation';
import { type ClientRequest, send } from '../support/client';
import { Closing } from '../support/closing';
import { ConfigDirectory } from '../support/config-directory';
import { ControlPlane } from '../support/control-plane';
import { ambassadorModule, host, keyPair, listener, mapping, secret, tlsContext } from '../support/definitions';
import { Envoy } from '../support/envoy';
import { eventually } from '../support/eventually';
import { expectGolden } from '../support/golden';
import { alertRecord, HandshakeBreaker, refuseServer } from '../support/handshake-breaker';
import { days, issueLeaf, rootCa } from '../support/issuance';
import { freePort } from '../support/port';
import { revocationList } from '../support/revocation';
import { ScriptedServer } from '../support/scripted-server';
import { SilentServer } from '../support/silent-server';
import { Upstream } from '../support/upstream';
import { countersign } from '../cli/support/command';

// Every failure of a handshake that `explain --log` knows, provoked on a real Envoy, whose own line is then explained. What Envoy and the
// explanation say is the corpus in docs/explain.md.

const PAGE = join(__dirname, '../../docs/explain.md');
/** Within the five minutes of clock skew that Countersign tolerates, so that Envoy gets it; Envoy and OpenSSL tolerate none. */
const JUST_OVER = { notBefore: days(-2, 0).notBefore, notAfter: new Date(Date.now() - 60_000) };

/** Every alert that an upstream may end a handshake with, and what is said of it (RFC 8446 §6.2; older ones of RFC 5246 §7.2). */
const ALERTS: readonly (readonly [name: string, description: number, side: string, cause: RegExp])[] = [
  ['unexpected-message', 10, 'the upstream refused us', /with the alert unexpected_message/],
  ['bad-record-mac', 20, 'the upstream refused us', /with the alert bad_record_mac/],
  ['record-overflow', 22, 'the upstream refused us', /with the alert record_overflow/],
  ['handshake-failure', 40, 'the upstream refused us', /demands a client certificate/],
  ['bad-certificate', 42, 'the upstream refused us', /does not accept our client certificate/],
  ['unsupported-certificate', 43, 'the upstream refused us', /does not take our client certificate/],
  ['certificate-revoked', 44, 'the upstream refused us', /our client certificate is revoked for the upstream/],
  ['certificate-expired', 45, 'the upstream refused us', /our client certificate has expired/],
  ['certificate-unknown', 46, 'the upstream refused us', /does not accept our client certificate/],
  ['illegal-parameter', 47, 'the upstream refused us', /with the alert illegal_parameter/],
  ['unknown-ca', 48, 'the upstream refused us', /issuer of our client certificate is not known/],
  ['access-denied', 49, 'the upstream refused us', /does not allow it/],
  ['decode-error', 50, 'the upstream refused us', /with the alert decode_error/],
  ['decrypt-error', 51, 'the upstream refused us', /could not verify a signature/],
  ['protocol-version', 70, 'both sides', /no TLS version/],
  ['insufficient-security', 71, 'both sides', /wants stronger/],
  ['internal-error', 80, 'the upstream refused us', /nothing to do with us/],
  ['inappropriate-fallback', 86, 'the upstream refused us', /takes a later TLS version/],
  ['unsupported-extension', 110, 'the upstream refused us', /with the alert unsupported_extension/],
  ['unrecognized-name', 112, 'the upstream refused us', /does not know the server name/],
  ['certificate-required', 116, 'the upstream refused us', /demands a certificate and got none/],
  ['no-application-protocol', 120, 'both sides', /no application protocol/],
];

const closing = new Closing();
let plain: number;
let secure: number;
let envoy: Envoy;
let config: ConfigDirectory;
let clients: Readonly<Record<string, ClientRequest['tls']>>;
const corpus = new Map<string, { readonly says: string; readonly side: string; readonly cause: string }>();

beforeAll(async () => {
  const [ca, strangers] = [await rootCa(), await rootCa('another CA')];
  [plain, secure] = [await freePort(), await freePort()];
  const server = await issueLeaf(ca, { name: 'upstream.test' });
  const client = await issueLeaf(ca, { name: 'edge' });
  const lapsed = await issueLeaf(ca, { name: 'edge', validity: JUST_OVER });
  const edge = await issueLeaf(ca, { name: 'edge.test' });
  const stranger = await issueLeaf(strangers, { name: 'upstream.test' });
  const own = { cert: server.chainPem, key: server.privateKeyPem };
  const of = (tls?: object) => Upstream.start({ keepAlive: false, ...(tls && { tls: { ...own, ...tls } }) });
  const upstreams = {
    guarded12: await of({ clientCa: ca.certificatePem, maxVersion: 'TLSv1.2' }),
    guarded13: await of({ clientCa: ca.certificatePem, minVersion: 'TLSv1.3' }),
    open: await of({ maxVersion: 'TLSv1.2' }),
    lapsed: await (async () => {
      const leaf = await issueLeaf(ca, { name: 'upstream.test', validity: days(-3, -1) });
      return await of({ cert: leaf.chainPem, key: leaf.privateKeyPem });
    })(),
    stranger: await of({ cert: stranger.chainPem, key: stranger.privateKeyPem }),
    cleartext: await of(),
  };
  for (const upstream of Object.values(upstreams)) closing.keep(upstream);
  const breakers = new Map<string, HandshakeBreaker>();
  for (const [name, description] of ALERTS)
    breakers.set(name, closing.keep(await HandshakeBreaker.start(alertRecord(description))));
  const closer = closing.keep(await HandshakeBreaker.start());
  const noTls = closing.keep(await HandshakeBreaker.start(Buffer.from('SSH-2.0-OpenSSH_9.9\r\n')));
  const silent = closing.keep(await SilentServer.start());
  const hangsUp = closing.keep(await ScriptedServer.start((request) => request.socket.destroy()));
  const mute = closing.keep(await ScriptedServer.start(() => undefined));
  const nobody = await freePort();
  const route = (name: string, service: string, spec: object) => [
    tlsContext(name, spec),
    mapping(name, { prefix: `/${name}/`, service, tls: name }),
  ];
  const to = (name: keyof typeof upstreams) => `127.0.0.1:${upstreams[name].port}`;
  const trusted = { ca_secret: 'ca', verify: { hostname: 'upstream.test' } };
  const v13 = { min_tls_version: 'v1.3', max_tls_version: 'v1.3' };
  config = closing.keep(
    await ConfigDirectory.create({
      'secrets.yaml': [
        secret('ca', { 'ca.crt': ca.certificatePem }),
        keyPair('client', client),
        keyPair('lapsed', lapsed),
        keyPair('stranger', await issueLeaf(strangers, { name: 'edge' })),
        keyPair('edge', edge),
        secret('stale-list', { 'crl.pem': await revocationList(ca, [], JUST_OVER) }),
        secret('list', { 'crl.pem': await revocationList(ca, [server.serial], days(-1, 30)) }),
      ],
      'routes.yaml': [
        ambassadorModule({ envoy_log_path: '/dev/fd/2' }),
        listener(plain),
        host('plain', { hostname: 'plain.test', requestPolicy: { insecure: { action: 'Route' } } }),
        listener(secure, { protocol: 'HTTPS', securityModel: 'SECURE' }),
        host('edge', {
          hostname: 'edge.test',
          tlsSecret: { name: 'edge' },
          tls: { ca_secret: 'ca', cert_required: true },
        }),
        ...route('no-certificate-12', to('guarded12'), trusted),
        ...route('no-certificate-13', to('guarded13'), { ...trusted, ...v13 }),
        ...route('expired-certificate-12', to('guarded12'), { ...trusted, secret: 'lapsed' }),
        ...route('expired-certificate-13', to('guarded13'), { ...trusted, ...v13, secret: 'lapsed' }),
        ...route('certificate-of-other-ca', to('guarded12'), { ...trusted, secret: 'stranger' }),
        ...route('upstream-expired', to('lapsed'), trusted),
        ...route('upstream-of-other-ca', to('stranger'), trusted),
        ...route('upstream-name', to('open'), { ca_secret: 'ca', verify: { hostname: 'other.test' } }),
        ...route('list-stale', to('open'), { ...trusted, crl_secret: 'stale-list' }),
        ...route('upstream-revoked', to('open'), { ...trusted, crl_secret: 'list' }),
        ...route('upstream-cleartext', to('cleartext'), trusted),
        ...route('no-version', to('open'), { ...trusted, ...v13 }),
        ...route('no-cipher', to('open'), {
          ...trusted,
          max_tls_version: 'v1.2',
          cipher_suites: ['ECDHE-RSA-AES128-GCM-SHA256'],
        }),
        ...route('nobody', `127.0.0.1:${nobody}`, trusted),
        ...[...breakers].flatMap(([name, { port }]) =>
          route(`alert-${name}`, `127.0.0.1:${port}`, { ...trusted, secret: 'client' }),
        ),
        ...route('closed-in-handshake', `127.0.0.1:${closer.port}`, { ...trusted, secret: 'client' }),
        ...route('no-tls-at-all', `127.0.0.1:${noTls.port}`, trusted),
        tlsContext('silent', trusted),
        mapping('silent', {
          prefix: '/silent/',
          service: `127.0.0.1:${silent.port}`,
          tls: 'silent',
          connect_timeout_ms: 300,
        }),
        mapping('cleartext-hangs-up', { prefix: '/cleartext-hangs-up/', service: `127.0.0.1:${hangsUp.port}` }),
        mapping('cleartext-broken-off', { prefix: '/cleartext-broken-off/', service: `127.0.0.1:${closer.port}` }),
        mapping('no-answer', { prefix: '/no-answer/', service: `127.0.0.1:${mute.port}`, timeout_ms: 300 }),
        mapping('no-name', { prefix: '/no-name/', service: 'nowhere.invalid:80' }),
        mapping('tls-spoken-in-cleartext', { prefix: '/tls-spoken-in-cleartext/', service: to('open') }),
      ],
    }),
  );
  const plane = closing.keep(await ControlPlane.start(config.path));
  const bootstrap = bootstrapDocument({ role: 'edge', xds: { host: '127.0.0.1', port: plane.xdsPort } });
  envoy = closing.keep(await Envoy.start(bootstrap, ['--file-flush-interval-msec', '50']));
  await envoy.admin.listening(plain);
  await envoy.admin.listening(secure);
  const tls = { ca: ca.certificatePem, serverName: 'edge.test' };
  const pair = async (issuer: typeof ca, validity = days(-1, 30)) => {
    const { chainPem: cert, privateKeyPem: key } = await issueLeaf(issuer, { name: 'client', validity });
    return { ...tls, cert, key };
  };
  clients = {
    'client-without-certificate': tls,
    'client-of-other-ca': await pair(strangers),
    'client-expired': await pair(ca, days(-3, -1)),
    'client-cleartext': undefined,
  };
});
afterAll(() => closing.close());

/** What Envoy gives as reason: of what is different in each run, only the form. */
function said({ flags, upstreamFailure, downstreamFailure, responseCodeDetails = '' }: LogLine): string {
  const reason = upstreamFailure ?? downstreamFailure ?? responseCodeDetails;
  return `${flags.join(',') || '–'} ${reason}`.replaceAll(/\b0x[0-9a-f]+|\d{2,}(?=:)/g, '…').replaceAll('|', '\\|');
}

interface Explained {
  readonly side?: string;
  readonly cause?: string;
  readonly definitions: readonly string[];
  readonly line: LogLine;
}

/** Has the line explained with the definitions, as its reader would. */
async function explained(name: string, log: string): Promise<Explained> {
  const command = ['explain', '--format', 'json', '--log', log, config.path];
  const { stdout } = await countersign(command, { now: new Date().toISOString() });
  const found = JSON.parse(stdout) as Explained;
  const { side, cause } = found;
  if (side !== undefined && cause !== undefined) corpus.set(name, { says: said(found.line), side, cause });
  return found;
}

test.each<[string, string, RegExp]>([
  ['no-certificate-12', 'the upstream refused us', /client certificate/],
  ['no-certificate-13', 'the upstream refused us', /no client certificate is presented to it\. If it demands one/],
  ['expired-certificate-12', 'the upstream refused us', /ours is expired/],
  ['expired-certificate-13', 'the upstream refused us', /what a refused client certificate looks like/],
  ['certificate-of-other-ca', 'the upstream refused us', /of a CA that it does not trust/],
  ['upstream-expired', 'we refused the upstream', /has expired/],
  ['upstream-of-other-ca', 'we refused the upstream', /issuer of the upstream’s certificate is not among/],
  ['upstream-name', 'we refused the upstream', /it presents upstream\.test; expected is dns other\.test/],
  ['list-stale', 'we refused the upstream', /revocation list is out of date/],
  ['upstream-revoked', 'we refused the upstream', /is revoked by our list/],
  ['upstream-cleartext', 'configuration', /does not speak TLS/],
  ['no-tls-at-all', 'configuration', /does not speak TLS/],
  ['no-version', 'both sides', /no TLS version/],
  ['no-cipher', 'the upstream refused us', /nothing in common/],
  ['closed-in-handshake', 'the upstream refused us', /broke off the handshake without an alert/],
  ['silent', 'the network', /what is there does not answer the TLS handshake/],
  ['nobody', 'the network', /nothing listens/],
  ...ALERTS.map(([name, , side, cause]): [string, string, RegExp] => [`alert-${name}`, side, cause]),
])('towards the upstream: %s', async (name, side, cause) => {
  const log = await lineOf(name);
  const found = await explained(name, log);
  expect(found).toMatchObject({ side, cause: expect.stringMatching(cause) });
  expect(found.definitions).toContainEqual(
    expect.stringMatching(new RegExp(`^Mapping default/${name} \\S+routes\\.yaml:\\d+:\\d+$`)),
  );
  expect(found.definitions).toContainEqual(
    expect.stringMatching(new RegExp(`^TLSContext default/${name} \\S+routes\\.yaml:\\d+:\\d+$`)),
  );
});

test.each<[string, string, RegExp]>([
  ['cleartext-hangs-up', 'the upstream', /TLS is not spoken on it/],
  ['cleartext-broken-off', 'the upstream', /TLS is not spoken on it/],
  ['tls-spoken-in-cleartext', 'the upstream', /./],
  ['no-answer', 'the upstream', /did not answer in time/],
  ['no-name', 'the network', /no endpoint|does not resolve/],
  ['no-mapping', 'configuration', /no Mapping takes the request/],
])('without TLS: %s', async (name, side, cause) => {
  expect(await explained(name, await lineOf(name))).toMatchObject({ side, cause: expect.stringMatching(cause) });
});

async function lineOf(name: string): Promise<string> {
  await send({ port: plain, authority: 'plain.test', path: `/${name}/` });
  return await envoy.logged(new RegExp(`"path":"/${name}/"`));
}

test.each<[string, string, RegExp]>([
  ['client-without-certificate', 'we refused the client', /presented no certificate/],
  ['client-of-other-ca', 'we refused the client', /issuer of the client’s certificate/],
  ['client-expired', 'we refused the client', /has expired/],
  ['client-cleartext', 'we refused the client', /does not speak TLS/],
])('towards the client: %s', async (name, side, cause) => {
  const seen = handshakes().length;
  const tls = clients[name];
  await send({ port: secure, authority: 'edge.test', ...(tls && { tls }) });
  const found = await explained(name, await newHandshake(seen));
  expect(found).toMatchObject({ side, cause: expect.stringMatching(cause) });
  if (tls !== undefined) expect(found.definitions).toEqual([expect.stringMatching(/^Host default\/edge /)]);
});

test.each([
  ['client-does-not-trust-us', 48, /issuer of our server certificate is not known to the client/],
  ['client-finds-us-expired', 45, /our server certificate has expired/],
  ['client-does-not-like-us', 46, /does not accept our server certificate/],
])('towards the client: %s', async (name, description, cause) => {
  const seen = handshakes().length;
  await refuseServer(secure, 'edge.test', description);
  const found = await explained(name, await newHandshake(seen));
  expect(found).toMatchObject({ side: 'the client refused us', cause: expect.stringMatching(cause) });
  expect(found.definitions).toEqual([expect.stringMatching(/^Host default\/edge /)]);
});

/** Lines of handshakes that failed with clients: no request is in them. */
function handshakes(): readonly string[] {
  return envoy.log
    .split('\n')
    .filter((line) => /"downstream_transport_failure_reason":"/.test(line) && !line.includes('"path"'));
}

async function newHandshake(seen: number): Promise<string> {
  return await eventually('a line about the handshake', () => Promise.resolve(handshakes()[seen]));
}

test('docs/explain.md holds what was seen', () => {
  const rows = [...corpus].map(([name, { says, side, cause }]) => `| ${name} | \`${says}\` | ${side}: ${cause} |`);
  const table = ['| Provoked | Envoy 1.40 says | It means |', '|---|---|---|', ...rows].join('\n');
  const page = readFileSync(PAGE, 'utf8').replace(
    /(<!-- corpus: generated -->\n)[\s\S]*?(<!-- end of corpus -->)/,
    (_all, start: string, end: string) => `${start}\n${table}\n\n${end}`,
  );
  expectGolden(PAGE, page);
});
