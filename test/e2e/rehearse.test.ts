import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SecureVersion } from 'node:tls';
import { bootstrapDocument } from '../../src/cli/bootstrap-document';
import type { CertificateAuthority, IssuedCertificate } from '../../src/cli/demo/pki';
import { readLogLine } from '../../src/explanation';
import { countersign } from '../cli/support/command';
import { send } from '../support/client';
import { Closing } from '../support/closing';
import { ConfigDirectory } from '../support/config-directory';
import { ControlPlane } from '../support/control-plane';
import { ambassadorModule, host, keyPair, listener, mapping, secret, tlsContext } from '../support/definitions';
import { Envoy } from '../support/envoy';
import { type Ending, endingOf } from '../support/envoy-side';
import { expectGolden } from '../support/golden';
import { days, issueLeaf, rootCa } from '../support/issuance';
import { CA_TRUE } from '../support/crafted-certificate';
import { craftedServer, KEY_ENCIPHERMENT, PATH_LENGTH_0, PERMITS_MESH_TEST } from '../support/crafted-chain';
import { ecKey, ed25519Key, pkcs8, rsaKey } from '../support/pki';
import { freePort } from '../support/port';
import { revocationList } from '../support/revocation';
import { SilentServer } from '../support/silent-server';
import { Upstream } from '../support/upstream';

// Each case by `rehearse` and by a real Envoy with the same definitions. What both say is the table in docs/rehearse.md.

const PAGE = join(__dirname, '../../docs/rehearse.md');
/** Within the five minutes of clock skew that Countersign tolerates, so that Envoy gets it; Envoy and OpenSSL tolerate none. */
const JUST_OVER = { notBefore: days(-2, 0).notBefore, notAfter: new Date(Date.now() - 60_000) };
const SOON = { notBefore: new Date(Date.now() + 120_000), notAfter: days(0, 30).notAfter };

interface Case {
  readonly name: string;
  readonly port: number;
  readonly context: object;
  readonly expected: Ending;
  readonly mapping?: object;
}

interface Handshake {
  readonly outcome: string;
  readonly reason: string;
  readonly seen: { readonly alert?: string };
  readonly definitions?: readonly { readonly at: string }[];
}

/** Servers that say what no issuer would. */
const crafted = {
  'path-too-long': craftedServer({
    name: 'upstream.test',
    root: [CA_TRUE],
    intermediates: [[CA_TRUE], [PATH_LENGTH_0]],
  }),
  'path-short': craftedServer({ name: 'upstream.test', root: [CA_TRUE], intermediates: [[PATH_LENGTH_0]] }),
  'path-of-root': craftedServer({ name: 'upstream.test', root: [PATH_LENGTH_0], intermediates: [[CA_TRUE]] }),
  'name-not-permitted': craftedServer({
    name: 'upstream.test',
    root: [CA_TRUE, PERMITS_MESH_TEST],
    intermediates: [[CA_TRUE]],
  }),
  'name-permitted': craftedServer({
    name: 'pay.mesh.test',
    root: [CA_TRUE, PERMITS_MESH_TEST],
    intermediates: [[CA_TRUE]],
  }),
  'encipherment-only': craftedServer({ name: 'upstream.test', root: [CA_TRUE], leaf: [KEY_ENCIPHERMENT], key: 'rsa' }),
};

const closing = new Closing();
let config: ConfigDirectory;
let envoy: Envoy;
let port: number;
let code: number;
let plane: ControlPlane;
let cases: readonly Case[];
let rehearsed: {
  readonly clusters: readonly {
    readonly users: readonly { readonly name: string }[];
    readonly handshakes: readonly Handshake[];
  }[];
};

beforeAll(async () => {
  const [ca, strangers] = [await rootCa(), await rootCa('another CA')];
  const middle = await ca.createIntermediate({ commonName: 'intermediate CA', ...days(-1, 90) });
  const pki = await makePki(ca, strangers, middle);
  port = await freePort();
  const sidecar = await freePort();
  const plain = closing.keep(await Upstream.start());
  cases = await makeCases(pki, sidecar, plain.port);
  config = closing.keep(
    await ConfigDirectory.create({
      'secrets.yaml': [
        secret('ca', { 'ca.crt': ca.certificatePem }),
        secret('strangers', { 'ca.crt': strangers.certificatePem }),
        secret('both', { 'ca.crt': strangers.certificatePem + ca.certificatePem }),
        secret('middle', { 'ca.crt': middle.certificatePem }),
        secret('stale-list', { 'crl.pem': await revocationList(ca, [], JUST_OVER) }),
        secret('list', { 'crl.pem': await revocationList(ca, [pki.revoked.serial], days(-1, 30)) }),
        ...Object.entries(crafted).map(([name, { rootPem }]) => secret(`ca-${name}`, { 'ca.crt': rootPem })),
        ...Object.entries(pki.clients).map(([name, pair]) => keyPair(name, pair)),
        keyPair('sidecar', pki.server),
      ],
      'routes.yaml': [
        ambassadorModule({ envoy_log_path: '/dev/fd/2' }),
        listener(port),
        host('plain', { hostname: 'plain.test', requestPolicy: { insecure: { action: 'Route' } } }),
        listener(sidecar, {
          protocol: 'HTTPS',
          securityModel: 'SECURE',
          hostBinding: { selector: { matchLabels: { on: 'sidecar' } } },
        }),
        host(
          'sidecar',
          { hostname: 'upstream.test', tlsSecret: { name: 'sidecar' }, tls: { ca_secret: 'ca', cert_required: true } },
          { labels: { on: 'sidecar' } },
        ),
        mapping('inside', { hostname: 'upstream.test', prefix: '/', service: `127.0.0.1:${plain.port}` }),
        ...cases.flatMap(({ name, port: to, context, mapping: more }) => [
          tlsContext(name, context),
          mapping(name, {
            hostname: 'plain.test',
            prefix: `/${name}/`,
            service: `127.0.0.1:${to}`,
            tls: name,
            host_rewrite: 'upstream.test',
            connect_timeout_ms: 2000,
            ...more,
          }),
        ]),
      ],
    }),
  );
  plane = closing.keep(await ControlPlane.start(config.path));
  const bootstrap = bootstrapDocument({ role: 'edge', xds: { host: '127.0.0.1', port: plane.xdsPort } });
  envoy = closing.keep(await Envoy.start(bootstrap, ['--file-flush-interval-msec', '50']));
  await envoy.admin.listening(port);
  await envoy.admin.listening(sidecar);
  const run = await countersign(['rehearse', '--format', 'json', config.path], {
    now: new Date().toISOString(),
  });
  code = run.code;
  rehearsed = JSON.parse(run.stdout) as typeof rehearsed;
}, 120_000);
afterAll(() => closing.close());

interface Pki {
  readonly ca: CertificateAuthority;
  readonly server: IssuedCertificate;
  readonly revoked: IssuedCertificate;
  readonly servers: Readonly<Record<string, IssuedCertificate>>;
  readonly clients: Readonly<Record<string, IssuedCertificate>>;
}

async function makePki(
  ca: CertificateAuthority,
  strangers: CertificateAuthority,
  middle: CertificateAuthority,
): Promise<Pki> {
  const name = 'upstream.test';
  const own = (key: Parameters<typeof pkcs8>[0]) => ({ privateKeyPem: pkcs8(key) });
  const server = await issueLeaf(ca, { name });
  const below = await issueLeaf(middle, { name });
  const client = { name: 'edge' };
  const clientBelow = await issueLeaf(middle, client);
  return {
    ca,
    server,
    revoked: await issueLeaf(ca, { name }),
    servers: {
      rsa: await issueLeaf(ca, { name, key: 'rsa' }),
      rsa3072: await issueLeaf(ca, { name, key: own(rsaKey(3072)) }),
      p384: await issueLeaf(ca, { name, key: own(ecKey('P-384')) }),
      ed25519: await issueLeaf(ca, { name, key: own(ed25519Key()) }),
      lapsed: await issueLeaf(ca, { name, validity: JUST_OVER }),
      longLapsed: await issueLeaf(ca, { name, validity: days(-9, -3) }),
      early: await issueLeaf(ca, { name, validity: SOON }),
      stranger: await issueLeaf(strangers, { name }),
      below,
      broken: { ...below, chainPem: below.certificatePem },
      uri: await issueLeaf(ca, { name, uri: 'spiffe://mesh.test/pay' }),
      clientOnly: await issueLeaf(ca, { name, usages: ['client'] }),
      wildcard: await issueLeaf(ca, { name: '*.mesh.test' }),
      self: await selfSigned(name),
    },
    clients: {
      client: await issueLeaf(ca, client),
      'client-rsa': await issueLeaf(ca, { ...client, key: 'rsa' }),
      'client-p384': await issueLeaf(ca, { ...client, key: own(ecKey('P-384')) }),
      'client-ed25519': await issueLeaf(ca, { ...client, key: own(ed25519Key()) }),
      'client-lapsed': await issueLeaf(ca, { ...client, validity: JUST_OVER }),
      'client-early': await issueLeaf(ca, { ...client, validity: SOON }),
      'client-stranger': await issueLeaf(strangers, client),
      'client-below': clientBelow,
      'client-broken': { ...clientBelow, chainPem: clientBelow.certificatePem },
      'client-for-servers': await issueLeaf(ca, { ...client, usages: ['server'] }),
    },
  };
}

/** Issued by nobody but itself. */
async function selfSigned(name: string): Promise<IssuedCertificate> {
  const own = await rootCa(name);
  return await issueLeaf(own, { name, key: { privateKeyPem: own.privateKeyPem } });
}

interface ServerOptions {
  readonly clientCa?: string;
  readonly crl?: string;
  readonly minVersion?: SecureVersion;
  readonly maxVersion?: SecureVersion;
  readonly ciphers?: string;
  readonly ecdhCurve?: string;
  readonly ALPNProtocols?: readonly string[];
}

async function makeCases(
  { ca, server, revoked, servers, clients }: Pki,
  sidecar: number,
  plain: number,
): Promise<readonly Case[]> {
  const serve = async (leaf: IssuedCertificate = server, options: ServerOptions = {}) => {
    const tls = { cert: leaf.chainPem, key: leaf.privateKeyPem, ...options };
    return closing.keep(await Upstream.start({ keepAlive: false, tls })).port;
  };
  const of = async (name: string) => await serve(servers[name]);
  const v12 = { maxVersion: 'TLSv1.2' } as const;
  const v13 = { minVersion: 'TLSv1.3' } as const;
  const only13 = { min_tls_version: 'v1.3', max_tls_version: 'v1.3' };
  const good = await serve();
  const guarded = { clientCa: ca.certificatePem };
  const [guarded12, guarded13] = [
    await serve(server, { ...guarded, ...v12 }),
    await serve(server, { ...guarded, ...v13 }),
  ];
  const clientList = await revocationList(ca, [clients['client-rsa']?.serial ?? ''], days(-1, 30));
  const trusted = { ca_secret: 'ca', verify: { hostname: 'upstream.test' } };
  const names = (...subject_alt_names: object[]) => ({ ca_secret: 'ca', verify: { subject_alt_names } });
  const list: Case[] = [];
  const add = (name: string, expected: Ending, to: number, context: object = trusted, more?: object) =>
    list.push({ name, port: to, context, expected, ...(more && { mapping: more }) });

  add('good', 'goes through', good);
  add('good-13', 'goes through', good, { ...trusted, max_tls_version: 'v1.3' });
  add('no-verification', 'goes through', await of('stranger'), { sni: 'upstream.test' });
  add('rsa', 'goes through', await of('rsa'));
  add('rsa-3072', 'goes through', await of('rsa3072'));
  add('p384-default-curves', 'they refuse', await of('p384'));
  add('p384-with-curve', 'goes through', await of('p384'), { ...trusted, ecdh_curves: ['X25519', 'P-256', 'P-384'] });
  add('ed25519-server', 'they refuse', await of('ed25519'));
  add('ed25519-server-13', 'they refuse', await of('ed25519'), { ...trusted, ...only13 });
  add('expired', 'we refuse', await of('lapsed'));
  add('expired-13', 'we refuse', await of('lapsed'), { ...trusted, ...only13 });
  add('long-expired', 'we refuse', await of('longLapsed'));
  add('not-yet-valid', 'we refuse', await of('early'));
  add('self-signed', 'we refuse', await of('self'));
  add('unknown-ca', 'we refuse', await of('stranger'));
  add('unknown-ca-13', 'we refuse', await of('stranger'), { ...trusted, ...only13 });
  add('wrong-ca', 'we refuse', good, { ...trusted, ca_secret: 'strangers' });
  add('two-cas', 'goes through', good, { ...trusted, ca_secret: 'both' });
  add('intermediate', 'goes through', await of('below'));
  add('missing-intermediate', 'we refuse', await of('broken'));
  add('intermediate-as-anchor', 'goes through', await of('broken'), { ...trusted, ca_secret: 'middle' });
  add('client-only-usage', 'we refuse', await of('clientOnly'));
  add('wrong-name', 'we refuse', good, { ca_secret: 'ca', sni: 'upstream.test', verify: { hostname: 'other.test' } });
  add('wrong-name-13', 'we refuse', good, { ca_secret: 'ca', ...only13, verify: { hostname: 'other.test' } });
  add('any-name', 'goes through', good, { ca_secret: 'ca' });
  add('name-prefix', 'goes through', good, names({ prefix: 'up' }));
  add('name-suffix', 'goes through', good, names({ suffix: '.test' }));
  add('name-regex', 'goes through', good, names({ regex: 'up.*\\.test' }));
  add('name-regex-part', 'we refuse', good, names({ regex: 'upstream' }));
  add('name-uri', 'goes through', await of('uri'), names({ type: 'uri', exact: 'spiffe://mesh.test/pay' }));
  add('name-uri-as-dns', 'we refuse', await of('uri'), names({ exact: 'spiffe://mesh.test/pay' }));
  add('name-of-two', 'goes through', good, names({ exact: 'other.test' }, { exact: 'upstream.test' }));
  add('wildcard', 'goes through', await of('wildcard'), names({ exact: 'pay.mesh.test' }));
  add('wildcard-two-labels', 'we refuse', await of('wildcard'), names({ exact: 'a.pay.mesh.test' }));
  add('not-revoked', 'goes through', good, { ...trusted, crl_secret: 'list' });
  add('revoked', 'we refuse', await serve(revoked), { ...trusted, crl_secret: 'list' });
  add('stale-list', 'we refuse', good, { ...trusted, crl_secret: 'stale-list' });
  for (const [version, to, extra] of [
    ['12', guarded12, {}],
    ['13', guarded13, only13],
  ] as const) {
    const context = { ...trusted, ...extra };
    add(`client-${version}`, 'goes through', to, { ...context, secret: 'client' });
    add(`client-rsa-${version}`, 'goes through', to, { ...context, secret: 'client-rsa' });
    add(`client-p384-${version}`, version === '12' ? 'they refuse' : 'goes through', to, {
      ...context,
      secret: 'client-p384',
    });
    add(`client-ed25519-${version}`, 'goes through', to, { ...context, secret: 'client-ed25519' });
    add(`client-below-${version}`, 'goes through', to, { ...context, secret: 'client-below' });
    add(`client-missing-${version}`, 'they refuse', to, context);
    add(`client-expired-${version}`, 'they refuse', to, { ...context, secret: 'client-lapsed' });
    add(`client-early-${version}`, 'they refuse', to, { ...context, secret: 'client-early' });
    add(`client-of-other-ca-${version}`, 'they refuse', to, { ...context, secret: 'client-stranger' });
    add(`client-without-intermediate-${version}`, 'they refuse', to, { ...context, secret: 'client-broken' });
    add(`client-for-servers-${version}`, 'they refuse', to, { ...context, secret: 'client-for-servers' });
    add(`envoy-client-${version}`, 'goes through', sidecar, { ...context, secret: 'client' });
    add(`envoy-client-missing-${version}`, 'they refuse', sidecar, context);
    add(`envoy-client-expired-${version}`, 'they refuse', sidecar, { ...context, secret: 'client-lapsed' });
    add(`envoy-client-of-other-ca-${version}`, 'they refuse', sidecar, { ...context, secret: 'client-stranger' });
    add(`envoy-unknown-name-${version}`, 'they refuse', sidecar, {
      ...context,
      secret: 'client',
      sni: 'stranger.test',
    });
  }
  add('client-revoked', 'they refuse', await serve(server, { ...guarded, crl: clientList, ...v12 }), {
    ...trusted,
    secret: 'client-rsa',
  });
  add('needs-13', 'they refuse', guarded13);
  add('offers-13-only', 'they refuse', await serve(server, v12), { ...trusted, ...only13 });
  add('no-cipher', 'they refuse', await serve(server, v12), {
    ...trusted,
    cipher_suites: ['ECDHE-RSA-AES128-GCM-SHA256'],
  });
  add('old-cipher', 'they refuse', await serve(servers['rsa'], { ...v12, ciphers: 'AES128-SHA' }));
  add('old-cipher-offered', 'we refuse', await serve(servers['rsa'], { ...v12, ciphers: 'AES128-SHA' }), {
    ...trusted,
    cipher_suites: ['AES128-SHA'],
  });
  add('no-curve', 'they refuse', await serve(server, { ...v12, ecdhCurve: 'secp521r1' }));
  const ofCrafted = async (name: keyof typeof crafted) => await serve(crafted[name]);
  add('path-too-long', 'we refuse', await ofCrafted('path-too-long'), { ca_secret: 'ca-path-too-long' });
  add('path-of-root', 'goes through', await ofCrafted('path-of-root'), { ca_secret: 'ca-path-of-root' });
  add('path-short', 'goes through', await ofCrafted('path-short'), { ca_secret: 'ca-path-short' });
  add('name-not-permitted', 'we refuse', await ofCrafted('name-not-permitted'), { ca_secret: 'ca-name-not-permitted' });
  add('name-permitted', 'goes through', await ofCrafted('name-permitted'), { ca_secret: 'ca-name-permitted' });
  const enciphering = await serve(crafted['encipherment-only'], { ...v12, ciphers: 'AES128-SHA' });
  add('encipherment-only', 'goes through', enciphering, {
    ca_secret: 'ca-encipherment-only',
    cipher_suites: ['AES128-SHA'],
  });
  add('alpn', 'goes through', good, { ...trusted, alpn_protocols: 'http/1.1' });
  add('alpn-none-in-common', 'they refuse', await serve(server, { ALPNProtocols: ['h2'] }), {
    ...trusted,
    alpn_protocols: 'http/1.1',
  });
  add('cleartext', 'no TLS there', plain);
  add('closed-port', 'not reached', await freePort());
  add('silent', 'not reached', closing.keep(await SilentServer.start()).port, trusted, { connect_timeout_ms: 700 });
  return list;
}

function ours({ outcome, seen }: Handshake): Ending {
  switch (outcome) {
    case 'we refuse the upstream':
      return 'we refuse';
    case 'the upstream refuses us':
      return 'they refuse';
    case 'nothing in common':
      return seen.alert === undefined ? 'we refuse' : 'they refuse';
    case 'goes through':
    case 'no TLS there':
    case 'not reached':
      return outcome;
    default:
      throw new Error(`an outcome that is new: ${outcome}`);
  }
}

test('rehearse and a real Envoy agree, case by case, and docs/rehearse.md says so', async () => {
  const rows: string[] = [];
  const disagreements: object[] = [];
  for (const { name, expected } of cases) {
    const answer = await send({ port, authority: 'plain.test', path: `/${name}/` });
    const log = readLogLine(await envoy.logged(new RegExp(`"path":"/${name}/"`)));
    const real = endingOf('status' in answer ? answer.status : undefined, log);
    const cluster = rehearsed.clusters.find(({ users }) => users.some((user) => user.name === name));
    const handshake = cluster?.handshakes[0];
    if (handshake === undefined) throw new Error(`${name} was not rehearsed`);
    if (ours(handshake) !== real || real !== expected)
      disagreements.push({ name, expected, real, ours: handshake, log });
    rows.push(`| ${name} | ${real} | ${handshake.outcome}: ${worded(handshake.reason)} |`);
  }
  process.stdout.write(`${cases.length} cases, ${disagreements.length} disagreements\n`);
  expect(disagreements).toEqual([]);
  expect(cases.length).toBeGreaterThan(60);
  const table = ['| Case | Envoy 1.40 | `rehearse` |', '|---|---|---|', ...rows].join('\n');
  const page = readFileSync(PAGE, 'utf8').replace(
    /(<!-- cases: generated[^>]*-->\n)[\s\S]*?(<!-- end of cases -->)/,
    (_all, start: string, end: string) => `${start}\n${table}\n\n${end}`,
  );
  expectGolden(PAGE, page);
}, 120_000);

/** Without what differs in each run. */
function worded(reason: string): string {
  return reason.replaceAll(/\d{4}-\d{2}-\d{2}T[\d:.]+Z/g, '…').replaceAll('|', '\\|');
}

test('everything of the table is in service, and what does not go through is a finding', () => {
  expect(plane.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  expect(code).toBe(1);
});

test('every finding names the definitions that it is about, with their place, and no key is printed', async () => {
  const findings = rehearsed.clusters
    .flatMap(({ handshakes }) => handshakes)
    .filter(({ outcome }) => outcome !== 'goes through');
  for (const { definitions = [] } of findings) {
    expect(definitions.length).toBeGreaterThan(0);
    for (const { at } of definitions) expect(at).toMatch(/\.yaml:\d+:\d+$/);
  }
  expect(JSON.stringify(rehearsed)).not.toContain('PRIVATE KEY');
});
