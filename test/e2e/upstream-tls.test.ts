import type { CertificateAuthority, IssuedCertificate } from '../../src/cli/demo/pki';
import { answerTo } from '../support/client';
import { Closing } from '../support/closing';
import { ConfigDirectory } from '../support/config-directory';
import { connectedEnvoy } from '../support/connected-envoy';
import { ControlPlane } from '../support/control-plane';
import { keyPair, listener, mapping, secret, tlsContext } from '../support/definitions';
import type { Envoy } from '../support/envoy';
import { issueLeaf, rootCa } from '../support/issuance';
import { freePort } from '../support/port';
import { type Sighting, Upstream } from '../support/upstream';

// An edge in front of one upstream that demands a client certificate and one that does not, with a Mapping for each case. Ways
// around it: attacks/.

const closing = new Closing();
const EDGE_URI = 'spiffe://test/edge';
const SERVER_URI = 'spiffe://test/upstream';

let port: number;
let ca: CertificateAuthority;
let ec: IssuedCertificate;
let rsa: IssuedCertificate;
let server: IssuedCertificate;
/** Demands a client certificate. */
let guarded: Upstream;
/** Does not. */
let open: Upstream;
let plane: ControlPlane;
let envoy: Envoy;

beforeAll(async () => {
  ca = await rootCa();
  const strangers = await rootCa('another CA');
  ec = await issueLeaf(ca, { name: 'edge-ec', uri: EDGE_URI });
  rsa = await issueLeaf(ca, { name: 'edge-rsa', key: 'rsa' });
  server = await issueLeaf(ca, { name: 'upstream.test', uri: SERVER_URI });
  const tls = { cert: server.chainPem, key: server.privateKeyPem };
  guarded = closing.keep(await Upstream.start({ tls: { ...tls, clientCa: ca.certificatePem } }));
  open = closing.keep(await Upstream.start({ tls }));
  port = await freePort();
  const [toGuarded, toOpen] = [`127.0.0.1:${guarded.port}`, `127.0.0.1:${open.port}`];
  const verified = { ca_secret: 'upstream-ca' };
  const config = closing.keep(
    await ConfigDirectory.create({
      'secrets.yaml': [
        keyPair('client-ec', ec),
        keyPair('client-rsa', rsa),
        keyPair('client-ec', await issueLeaf(ca, { name: 'edge-of-vault' }), { namespace: 'vault' }),
        keyPair('with-ca', ec, { ca: ca.certificatePem }),
        keyPair('with-other-ca', ec, { ca: strangers.certificatePem }),
        keyPair('client-stranger', await issueLeaf(strangers, { name: 'stranger' })),
        secret('upstream-ca', { 'ca.crt': ca.certificatePem }),
        secret('other-ca', { 'ca.crt': strangers.certificatePem }),
      ],
      'routes.yaml': [
        listener(port),
        // The example of Ambassador's documentation, but for the address of the service.
        tlsContext('upstream-context', { secret: 'client-ec' }),
        mapping('upstream-mapping', { prefix: '/upstream/', service: toGuarded, tls: 'upstream-context' }),
        tlsContext('rsa', { secret: 'client-rsa' }),
        route('rsa', { service: toGuarded, tls: 'rsa' }),
        tlsContext('vault', { secret: 'client-ec.vault' }),
        route('vault', { service: toGuarded, tls: 'vault' }),
        tlsContext('stranger', { secret: 'client-stranger' }),
        route('stranger', { service: toGuarded, tls: 'stranger' }),
        route('uncertified', { service: `https://${toGuarded}` }),
        tlsContext('ca-only', verified),
        route('ca-only', { service: toOpen, tls: 'ca-only' }),
        tlsContext('wrong-ca', { ca_secret: 'other-ca' }),
        route('wrong-ca', { service: toOpen, tls: 'wrong-ca' }),
        tlsContext('ca-beside', { secret: 'with-ca' }),
        route('ca-beside', { service: toGuarded, tls: 'ca-beside' }),
        tlsContext('wrong-ca-beside', { secret: 'with-other-ca' }),
        route('wrong-ca-beside', { service: toGuarded, tls: 'wrong-ca-beside' }),
        tlsContext('overridden', { secret: 'with-other-ca', ...verified }),
        route('overridden', { service: toGuarded, tls: 'overridden' }),
        ...verifiedBy('dns', { subject_alt_names: [{ exact: 'upstream.test' }] }),
        ...verifiedBy('uri', { subject_alt_names: [{ type: 'uri', prefix: 'spiffe://test/' }] }),
        ...verifiedBy('either', { subject_alt_names: [{ exact: 'other.test' }, { suffix: '.test' }] }),
        ...verifiedBy('hostname', { hostname: 'upstream.test' }),
        ...verifiedBy('other-dns', { subject_alt_names: [{ exact: 'other.test' }] }),
        ...verifiedBy('other-uri', { subject_alt_names: [{ type: 'uri', exact: 'spiffe://test/other' }] }),
        ...verifiedBy('other-hostname', { hostname: 'other.test' }),
        tlsContext('sni', { secret: 'client-ec', sni: 'inner.test' }),
        route('sni', { service: toGuarded, tls: 'sni', host_rewrite: 'authority.test' }),
        tlsContext('modern', { ...verified, min_tls_version: 'v1.3' }),
        route('modern', { service: toOpen, tls: 'modern' }),
      ],
    }),
  );
  plane = closing.keep(await ControlPlane.start(config.path));
  envoy = closing.keep(await connectedEnvoy(plane.xdsPort));
  await envoy.admin.listening(port);

  function verifiedBy(name: string, verify: object): object[] {
    return [tlsContext(name, { ...verified, verify }), route(name, { service: toOpen, tls: name })];
  }
});
afterAll(() => closing.close());

/** A Mapping for `/name/`, with statistics of that name. */
function route(name: string, spec: object): object {
  return mapping(name, { prefix: `/${name}/`, stats_name: name, ...spec });
}

async function seenAt(path: string): Promise<Sighting> {
  const answer = await answerTo({ port, path });
  expect(answer).toMatchObject({ status: 200 });
  return JSON.parse(answer.body) as Sighting;
}

/** What the edge answers to a request of that Mapping instead of forwarding it; `stat` tells why: a counter of the cluster that rises. */
async function refused(name: string, stat?: string): Promise<string> {
  const count = async () => (await envoy.admin.stat(`cluster.${name}.${stat}`)) ?? 0;
  const arrived = () => guarded.requests.length + open.requests.length;
  const before = { arrived: arrived(), count: await count() };
  const answer = await answerTo({ port, path: `/${name}/` });
  expect(answer).toMatchObject({ status: 503 });
  expect(arrived()).toBe(before.arrived);
  if (stat !== undefined) expect(await count()).toBeGreaterThan(before.count);
  return answer.body;
}

function serialsMatch(seen: Sighting, certificate: IssuedCertificate): void {
  expect(seen.tls?.client?.serialNumber.toLowerCase()).toBe(certificate.serial);
}

describe('the client certificate', () => {
  test('the documented example presents it: EC', async () => {
    const seen = await seenAt('/upstream/hello');
    serialsMatch(seen, ec);
    expect(seen).toMatchObject({ path: '/hello', tls: { client: { commonName: 'edge-ec' } } });
    expect(seen.tls?.client?.subjectAltName).toContain(`URI:${EDGE_URI}`);
  });

  test('RSA', async () => {
    serialsMatch(await seenAt('/rsa/'), rsa);
  });

  test('of a Secret in another namespace, not of its namesake in this one', async () => {
    expect((await seenAt('/vault/')).tls?.client?.commonName).toBe('edge-of-vault');
  });

  test('of another CA is refused by the upstream', async () => {
    await refused('stranger', 'upstream_cx_connect_fail');
  });

  test('is not presented where no TLSContext says so', async () => {
    await refused('uncertified', 'ssl.connection_error');
  });
});

describe('the certificate of the upstream', () => {
  test('is verified by a CA alone, without a client certificate', async () => {
    expect((await seenAt('/ca-only/')).tls).not.toHaveProperty('client');
  });

  test('of another CA than ca_secret is refused', async () => {
    await refused('wrong-ca', 'ssl.fail_verify_error');
  });

  test('is verified by ca.crt beside the client certificate', async () => {
    serialsMatch(await seenAt('/ca-beside/'), ec);
  });

  test('of another CA than ca.crt is refused', async () => {
    await refused('wrong-ca-beside', 'ssl.fail_verify_error');
  });

  test('ca_secret overrides ca.crt', async () => {
    serialsMatch(await seenAt('/overridden/'), ec);
  });

  test.each(['dns', 'uri', 'either', 'hostname'])('matches its name: %s', async (name) => {
    await seenAt(`/${name}/`);
  });

  test.each(['other-dns', 'other-uri', 'other-hostname'])('with another name is refused: %s', async (name) => {
    await refused(name, 'ssl.fail_verify_san');
  });
});

test('sni is what the upstream sees, whatever the authority', async () => {
  const seen = await seenAt('/sni/');
  expect(seen.tls?.serverName).toBe('inner.test');
  expect(seen.headers['host']).toBe('authority.test');
});

test('min_tls_version v1.3 gets TLS 1.3, beyond what Envoy offers by itself', async () => {
  expect((await seenAt('/modern/')).tls?.version).toBe('TLSv1.3');
});

test('what is not verified is told of, and only that', () => {
  const unverified = plane.diagnostics.filter(({ code }) => code === 'CS4001').map(({ subject }) => subject?.name);
  expect(new Set(unverified)).toEqual(new Set(['rsa', 'sni', 'stranger', 'uncertified', 'upstream-context', 'vault']));
  expect(plane.diagnostics.filter(({ severity }) => severity === 'error').map(({ code }) => code)).toEqual([]);
});
