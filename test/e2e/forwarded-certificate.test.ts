import type { CertificateAuthority, IssuedCertificate } from '../../src/cli/demo/pki';
import { type ClientRequest, answerTo } from '../support/client';
import { Closing } from '../support/closing';
import { ConfigDirectory } from '../support/config-directory';
import { connectedEnvoy } from '../support/connected-envoy';
import { ControlPlane } from '../support/control-plane';
import { host, keyPair, listener, mapping, secret, tlsContext } from '../support/definitions';
import { eventually } from '../support/eventually';
import { issueLeaf, rootCa } from '../support/issuance';
import { freePort } from '../support/port';
import { type Sighting, Upstream } from '../support/upstream';

// What the Module says of X-Forwarded-Client-Cert, with two Hosts that share a TLSContext and not their certificate.

const closing = new Closing();
const HEADER = 'x-forwarded-client-cert';
const CLAIM = 'URI=spiffe://clients/somebody-else';

let port: number;
let ca: CertificateAuthority;
let alice: IssuedCertificate;
let served: Record<'a' | 'b', IssuedCertificate>;
let config: ConfigDirectory;
let plane: ControlPlane;

beforeAll(async () => {
  ca = await rootCa();
  alice = await issueLeaf(ca, { name: 'alice', uri: 'spiffe://clients/alice' });
  served = { a: await issueLeaf(ca, { name: 'a.test' }), b: await issueLeaf(ca, { name: 'b.test', key: 'rsa' }) };
  const upstream = closing.keep(await Upstream.start());
  port = await freePort();
  config = closing.keep(
    await ConfigDirectory.create({
      'all.yaml': [
        listener(port, { protocol: 'HTTPS', securityModel: 'SECURE' }),
        keyPair('a', served.a),
        keyPair('b', served.b),
        secret('ca', { 'ca.crt': ca.certificatePem }),
        tlsContext('shared', { ca_secret: 'ca', cert_required: true }),
        host('a', { hostname: 'a.test', tlsSecret: { name: 'a' }, tlsContext: { name: 'shared' } }),
        host('b', { hostname: 'b.test', tlsSecret: { name: 'b' }, tlsContext: { name: 'shared' } }),
        mapping('all', { prefix: '/', service: `http://127.0.0.1:${upstream.port}` }),
      ],
    }),
  );
  plane = closing.keep(await ControlPlane.start(config.path));
  const envoy = closing.keep(await connectedEnvoy(plane.xdsPort));
  await envoy.admin.listening(port);
});
afterAll(() => closing.close());

function request(name: 'a' | 'b'): ClientRequest {
  const tls = { ca: ca.certificatePem, serverName: `${name}.test`, cert: alice.chainPem, key: alice.privateKeyPem };
  return { port, authority: `${name}.test`, headers: { [HEADER]: CLAIM }, tls };
}

async function seen(): Promise<string> {
  const answer = await answerTo(request('a'));
  expect(answer).toMatchObject({ status: 200 });
  return (JSON.parse(answer.body) as Sighting).headers[HEADER] ?? '';
}

test('each Host shows its own certificate, though they share a TLSContext', async () => {
  for (const name of ['a', 'b'] as const)
    expect((await answerTo(request(name))).serverSerial?.toLowerCase()).toBe(served[name].serial);
});

test.each<[string, object, (header: string) => boolean, readonly string[]]>([
  ['SANITIZE', {}, (header) => header === '', []],
  ['FORWARD_ONLY', {}, (header) => header === CLAIM, ['CS5015']],
  ['ALWAYS_FORWARD_ONLY', {}, (header) => header === CLAIM, []],
  ['APPEND_FORWARD', {}, (header) => header.startsWith(`${CLAIM},Hash=`), ['CS5015']],
  ['SANITIZE_SET', { subject: true }, (header) => /^Hash=[0-9a-f]{64};Subject="CN=alice"$/.test(header), []],
  ['SANITIZE_SET', { uri: true }, (header) => /^Hash=[0-9a-f]{64};URI=spiffe:\/\/clients\/alice$/.test(header), []],
])('%s %j', async (forward_client_cert_details, parts, expected, codes) => {
  const settings = {
    forward_client_cert_details,
    ...(Object.keys(parts).length > 0 && { set_current_client_cert_details: parts }),
  };
  await plane.change(async () => {
    const module = { apiVersion: 'getambassador.io/v3alpha1', kind: 'Module', metadata: { name: 'ambassador' } };
    await config.write('module.yaml', [{ ...module, spec: { config: settings } }]);
  });
  await eventually('the header is as the mode says', async () => (expected(await seen()) ? true : undefined));
  expect(plane.diagnostics.map(({ code }) => code)).toEqual(codes);
});
