import type { CertificateAuthority, IssuedCertificate } from '../../../src/cli/demo/pki';
import { answerTo } from '../../support/client';
import { Closing } from '../../support/closing';
import { ConfigDirectory } from '../../support/config-directory';
import { connectedEnvoy } from '../../support/connected-envoy';
import { ControlPlane } from '../../support/control-plane';
import { keyPair, listener, mapping, secret, tlsContext } from '../../support/definitions';
import { issueLeaf, rootCa } from '../../support/issuance';
import { freePort } from '../../support/port';
import { type Sighting, Upstream } from '../../support/upstream';

// Ways in which, with Ambassador, a request goes out in cleartext, to an impostor, or with the certificate of somebody else.

const closing = new Closing();
let port: number;
let ca: CertificateAuthority;
/** Demands a client certificate, and tells whose it saw. */
let guarded: Upstream;
/** Speaks cleartext, and would gladly take what was meant to be encrypted. */
let listening: Upstream;
/** Speaks TLS with a certificate of another CA. */
let impostor: Upstream;
let plane: ControlPlane;

beforeAll(async () => {
  ca = await rootCa();
  const strangers = await rootCa('another CA');
  const serverTls = ({ chainPem: cert, privateKeyPem: key }: IssuedCertificate) => ({ cert, key });
  const server = serverTls(await issueLeaf(ca, { name: 'upstream.test' }));
  guarded = closing.keep(await Upstream.start({ tls: { ...server, clientCa: ca.certificatePem } }));
  impostor = closing.keep(
    await Upstream.start({ tls: serverTls(await issueLeaf(strangers, { name: 'upstream.test' })) }),
  );
  listening = closing.keep(await Upstream.start());
  port = await freePort();
  const client = async (name: string) => await issueLeaf(ca, { name });
  const [toGuarded, toListening, toImpostor] = [guarded, listening, impostor].map((to) => `127.0.0.1:${to.port}`);
  const route = (name: string, spec: object, namespace = 'default') =>
    mapping(name, { prefix: `/${name}/`, ...spec }, { namespace });
  const config = closing.keep(
    await ConfigDirectory.create({
      'secrets.yaml': [
        keyPair('one', await client('one')),
        keyPair('two', await client('two')),
        keyPair('mismatched', await client('one'), { key: await client('two') }),
        secret('ca', { 'ca.crt': ca.certificatePem }),
        // Secret `a` of namespace `victim`, and a Secret whose very name is `a.victim`, of somebody else.
        keyPair('a', await client('victim'), { namespace: 'victim' }),
        keyPair('a.victim', await client('attacker'), { namespace: 'attacker' }),
        keyPair('own', await client('team-a'), { namespace: 'team-a' }),
        keyPair('own', await client('team-b'), { namespace: 'team-b' }),
      ],
      'routes.yaml': [
        listener(port),
        // Contexts that cannot be honoured, for services without a scheme: Ambassador goes on in cleartext.
        route('missing-context', { service: toListening, tls: 'nowhere' }),
        tlsContext('missing-secret', { secret: 'nowhere' }),
        route('missing-secret', { service: toListening, tls: 'missing-secret' }),
        tlsContext('bad-secret', { secret: 'mismatched' }),
        route('bad-secret', { service: toListening, tls: 'bad-secret' }),
        tlsContext('bad-cipher', { secret: 'one', cipher_suites: ['NONE'] }),
        route('bad-cipher', { service: toListening, tls: 'bad-cipher' }),
        tlsContext('misspelt', { secret: 'one', caSecret: 'ca' }),
        route('misspelt', { service: toListening, tls: 'misspelt' }),
        tlsContext('missing-ca', { secret: 'one', ca_secret: 'nowhere' }),
        route('missing-ca', { service: `https://${toImpostor}`, tls: 'missing-ca' }),
        // An impostor, and a server of another name.
        tlsContext('verified', { ca_secret: 'ca' }),
        route('impostor', { service: toImpostor, tls: 'verified' }),
        tlsContext('named', { secret: 'one', ca_secret: 'ca', verify: { hostname: 'other.test' } }),
        route('other-name', { service: toGuarded, tls: 'named' }),
        // One service, two contexts, an explicit scheme.
        tlsContext('one', { secret: 'one' }),
        tlsContext('two', { secret: 'two' }),
        route('as-one', { service: `https://${toGuarded}`, tls: 'one' }),
        route('as-two', { service: `https://${toGuarded}`, tls: 'two' }),
        route('as-nobody', { service: `https://${toGuarded}` }),
        // The attacker's definitions come first, by namespace as by name.
        tlsContext('dotted', { secret: 'a.victim', secret_namespacing: false }, { namespace: 'attacker' }),
        route('attacker', { service: toGuarded, tls: 'dotted' }, 'attacker'),
        tlsContext('of-victim', { secret: 'a.victim' }, { namespace: 'victim' }),
        route('victim', { service: toGuarded, tls: 'of-victim' }, 'victim'),
        // Namesakes.
        tlsContext('namesake', { secret: 'own' }, { namespace: 'team-a' }),
        tlsContext('namesake', { secret: 'own' }, { namespace: 'team-b' }),
        route('of-team-a', { service: toGuarded, tls: 'namesake' }, 'team-a'),
        route('of-team-b', { service: toGuarded, tls: 'namesake' }, 'team-b'),
        route('of-neither', { service: toGuarded, tls: 'namesake' }, 'team-c'),
      ],
    }),
  );
  plane = closing.keep(await ControlPlane.start(config.path));
  const envoy = closing.keep(await connectedEnvoy(plane.xdsPort));
  await envoy.admin.listening(port);
});
afterAll(() => closing.close());

async function clientSeenBy(name: string): Promise<string | undefined> {
  const answer = await answerTo({ port, path: `/${name}/` });
  expect(answer).toMatchObject({ status: 200 });
  return (JSON.parse(answer.body) as Sighting).tls?.client?.commonName;
}

/** The request goes to nobody; the body of the 503. */
async function withheld(name: string): Promise<string> {
  const arrived = () => guarded.requests.length + listening.requests.length + impostor.requests.length;
  const before = arrived();
  const answer = await answerTo({ port, path: `/${name}/` });
  expect(answer).toMatchObject({ status: 503 });
  expect(arrived()).toBe(before);
  return answer.body;
}

test.each([
  ['missing-context', 'CS3001'],
  ['missing-secret', 'CS3007'],
  ['bad-secret', 'CS3007'],
  ['bad-cipher', 'CS3007'],
  ['misspelt', 'CS3007'],
])('a broken context does not turn into plaintext: %s', async (name, code) => {
  expect(await withheld(name)).toContain(`Mapping default/${name} is quarantined: ${code}`);
});

test('nor does it turn into TLS that verifies nobody', async () => {
  expect(await withheld('missing-ca')).toContain('CS3007');
});

test.each(['impostor', 'other-name'])('a server that is not the one meant gets no request: %s', async (name) => {
  await withheld(name);
});

test('two contexts for one https:// service never share a client certificate, whichever is used first', async () => {
  for (const [route, name] of [
    ['as-one', 'one'],
    ['as-two', 'two'],
    ['as-one', 'one'],
  ] as const)
    expect(await clientSeenBy(route)).toBe(name);
});

test('a Mapping without a context shows no certificate of the others', async () => {
  await withheld('as-nobody');
});

test('a dotted name means the Secret of that namespace, not one of that very name', async () => {
  expect(await clientSeenBy('attacker')).toBe('attacker');
  expect(await clientSeenBy('victim')).toBe('victim');
});

test('a TLSContext of the own namespace comes before its namesakes', async () => {
  expect(await clientSeenBy('of-team-a')).toBe('team-a');
  expect(await clientSeenBy('of-team-b')).toBe('team-b');
});

test('of namesakes in other namespaces, none is taken', async () => {
  expect(await withheld('of-neither')).toContain('CS3002');
});
