import { countersign } from '../cli/support/command';
import { send } from '../support/client';
import { Closing } from '../support/closing';
import { ConfigDirectory } from '../support/config-directory';
import { connectedEnvoy } from '../support/connected-envoy';
import { ControlPlane } from '../support/control-plane';
import { host, listener, mapping, secret, tcpMapping, tlsContext } from '../support/definitions';
import type { Envoy } from '../support/envoy';
import { eventually } from '../support/eventually';
import { type ClientHello, HelloRecorder } from '../support/hello-recorder';
import { rootCa } from '../support/issuance';
import { freePort } from '../support/port';

// The ClientHello that `rehearse` sends says what the one of a real Envoy with the same definitions says.

/** Not a suite: it says that renegotiation is done as it should be (RFC 5746 §3.3). Each library says so in its own way. */
const RENEGOTIATION = 0x00ff;

/** The OpenSSL of Node before 24 does not know the group X25519MLKEM768. */
const POST_QUANTUM = 0x11ec;
/** Of no use in TLS 1.3 (RFC 8446 §4.2.3): OpenSSL leaves it out where nothing else is offered. */
const RSA_SHA1 = 0x0201;

const CONTEXTS: Readonly<Record<string, readonly [object, object]>> = {
  plain: [{}, {}],
  'server-name': [{ sni: 'pay.test' }, {}],
  'name-from-verify': [{ ca_secret: 'ca', verify: { hostname: 'verified.test' } }, {}],
  'up-to-13': [{ max_tls_version: 'v1.3' }, {}],
  'only-13': [{ min_tls_version: 'v1.3' }, {}],
  old: [{ min_tls_version: 'v1.0', max_tls_version: 'v1.1', cipher_suites: ['ECDHE-RSA-AES128-SHA'] }, {}],
  'one-suite': [{ cipher_suites: ['ECDHE-ECDSA-AES256-GCM-SHA384'] }, {}],
  'two-curves': [{ ecdh_curves: ['P-384', 'P-256'] }, {}],
  protocols: [{ alpn_protocols: 'h2,http/1.1' }, {}],
  grpc: [{}, { grpc: true }],
};

const closing = new Closing();
const recorders = new Map<string, HelloRecorder>();
let config: ConfigDirectory;
let envoy: Envoy;
let port: number;
let tcpPort: number;

beforeAll(async () => {
  const ca = await rootCa();
  [port, tcpPort] = [await freePort(), await freePort()];
  for (const name of [...Object.keys(CONTEXTS), 'tcp']) recorders.set(name, closing.keep(await HelloRecorder.start()));
  const serviceOf = (name: string) => `127.0.0.1:${recorders.get(name)?.port}`;
  config = closing.keep(
    await ConfigDirectory.create({
      'all.yaml': [
        secret('ca', { 'ca.crt': ca.certificatePem }),
        listener(port),
        listener(tcpPort, { protocol: 'TCP' }),
        host('plain', { hostname: 'plain.test', requestPolicy: { insecure: { action: 'Route' } } }),
        tlsContext('tcp', { sni: 'tcp.test' }),
        tcpMapping('tcp', { port: tcpPort, service: serviceOf('tcp'), tls: 'tcp' }),
        ...Object.entries(CONTEXTS).flatMap(([name, [context, more]]) => [
          tlsContext(name, context),
          mapping(name, { prefix: `/${name}/`, service: serviceOf(name), tls: name, ...more }),
        ]),
      ],
    }),
  );
  const plane = closing.keep(await ControlPlane.start(config.path));
  envoy = closing.keep(await connectedEnvoy(plane.xdsPort));
  await envoy.admin.listening(port);
  await envoy.admin.listening(tcpPort);
});
afterAll(() => closing.close());

test.each([...Object.keys(CONTEXTS), 'tcp'])('%s', async (name) => {
  const recorder = recorders.get(name);
  await send(name === 'tcp' ? { port: tcpPort, authority: 'x' } : { port, authority: 'plain.test', path: `/${name}/` });
  const real = await eventually('Envoy says hello', () => Promise.resolve(recorder?.hellos[0]));
  const before = recorder?.hellos.length ?? 0;
  const { stdout } = await countersign(['rehearse', '--mapping', name, config.path], { now: new Date().toISOString() });
  expect(stdout).toContain('it closes the connection on our ClientHello');
  const ours = recorder?.hellos[before];
  expect(ours && comparable(ours)).toEqual(comparable(real));
});

function comparable({ cipherSuites, versions, groups, signatureAlgorithms, ...hello }: ClientHello): ClientHello {
  return {
    ...hello,
    versions: versions.toSorted((a, b) => a - b),
    cipherSuites: cipherSuites.filter((suite) => suite !== RENEGOTIATION).toSorted((a, b) => a - b),
    groups: groups.filter((group) => group !== POST_QUANTUM),
    signatureAlgorithms: signatureAlgorithms.filter((algorithm) => algorithm !== RSA_SHA1),
  };
}
