import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bootstrapDocument } from '../../src/cli/bootstrap-document';
import { failureOf, type LogLine, readLogLine } from '../../src/explanation';
import { type ClientRequest, send } from '../support/client';
import { Closing } from '../support/closing';
import { ConfigDirectory } from '../support/config-directory';
import { ControlPlane } from '../support/control-plane';
import { ambassadorModule, host, keyPair, listener, mapping, secret, tlsContext } from '../support/definitions';
import { Envoy } from '../support/envoy';
import { eventually } from '../support/eventually';
import { expectGolden } from '../support/golden';
import { days, issueLeaf, rootCa } from '../support/issuance';
import { freePort } from '../support/port';
import { revocationList } from '../support/revocation';
import { Upstream } from '../support/upstream';
import { countersign } from '../cli/support/command';

// Every failure of a handshake that `explain --log` knows, provoked on a real Envoy, whose own line is then explained. What Envoy and the
// explanation say is the corpus in docs/explain.md.

const PAGE = join(__dirname, '../../docs/explain.md');
/** Within the five minutes of clock skew that Countersign tolerates, so that Envoy gets it; Envoy and OpenSSL tolerate none. */
const JUST_OVER = { notBefore: days(-2, 0).notBefore, notAfter: new Date(Date.now() - 60_000) };

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

function explained(name: string, log: string): { readonly side?: string; readonly cause?: string } {
  const line = readLogLine(log);
  const failure = failureOf(line);
  if (failure !== undefined) corpus.set(name, { says: said(line), side: failure.side, cause: failure.cause });
  return failure ?? {};
}

test.each<[string, string, RegExp]>([
  ['no-certificate-12', 'the upstream refused us', /client certificate/],
  [
    'no-certificate-13',
    'the upstream refused us',
    /TLS 1\.3 that is what a refused or missing client certificate looks like/,
  ],
  ['expired-certificate-12', 'the upstream refused us', /ours is expired/],
  [
    'expired-certificate-13',
    'the upstream refused us',
    /TLS 1\.3 that is what a refused or missing client certificate looks like/,
  ],
  ['certificate-of-other-ca', 'the upstream refused us', /of a CA that it does not trust/],
  ['upstream-expired', 'we refused the upstream', /has expired/],
  ['upstream-of-other-ca', 'we refused the upstream', /issuer of the upstream’s certificate is not among/],
  ['upstream-name', 'we refused the upstream', /none of the names/],
  ['list-stale', 'we refused the upstream', /revocation list is out of date/],
  ['upstream-revoked', 'we refused the upstream', /is revoked/],
  ['upstream-cleartext', 'configuration', /does not speak TLS/],
  ['no-version', 'both sides', /no TLS version/],
  ['no-cipher', 'the upstream refused us', /nothing in common/],
  ['nobody', 'the network', /nothing listens/],
])('towards the upstream: %s', async (name, side, cause) => {
  await send({ port: plain, authority: 'plain.test', path: `/${name}/` });
  const log = await envoy.logged(new RegExp(`"path":"/${name}/"`));
  expect(explained(name, log)).toMatchObject({ side, cause: expect.stringMatching(cause) });
  const { code, stdout } = await countersign(['explain', '--log', log, config.path], { now: new Date().toISOString() });
  expect({ code, stdout }).toMatchObject({
    code: 0,
    stdout: expect.stringContaining(`about: Mapping default/${name} `),
  });
  expect(stdout).toMatch(new RegExp(`about: TLSContext default/${name} \\S+routes\\.yaml:\\d+:\\d+`));
});

test.each<[string, string, RegExp]>([
  ['client-without-certificate', 'we refused the client', /presented no certificate/],
  ['client-of-other-ca', 'we refused the client', /issuer of the client’s certificate/],
  ['client-expired', 'we refused the client', /has expired/],
  ['client-cleartext', 'we refused the client', /does not speak TLS/],
])('towards the client: %s', async (name, side, cause) => {
  const seen = handshakes().length;
  const tls = clients[name];
  await send({ port: secure, authority: 'edge.test', ...(tls && { tls }) });
  const log = await newHandshake(seen);
  expect(explained(name, log)).toMatchObject({ side, cause: expect.stringMatching(cause) });
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
