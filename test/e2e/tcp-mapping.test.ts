import { once } from 'node:events';
import { type AddressInfo, type Server, type Socket, connect, createServer } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { CertificateAuthority, IssuedCertificate } from '../../src/cli/demo/pki';
import { Closing } from '../support/closing';
import { ConfigDirectory } from '../support/config-directory';
import { connectedEnvoy } from '../support/connected-envoy';
import { ControlPlane } from '../support/control-plane';
import { host, keyPair, listener, mapping, secret, tcpMapping, tlsContext } from '../support/definitions';
import { answerTo } from '../support/client';
import { issueLeaf, rootCa } from '../support/issuance';
import { freePort } from '../support/port';
import { Upstream } from '../support/upstream';

// Connections through an edge with TCPMappings: beside HTTP Hosts on one Listener, on a Listener of their own, and on none.

/** Says its name to whoever connects. */
class Speaker {
  readonly port: number;
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
  }

  static async start(name: string): Promise<Speaker> {
    const server = createServer((socket) => socket.on('error', () => undefined).end(name));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Speaker(server);
  }

  async stop(): Promise<void> {
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

const closing = new Closing();
const ports: Record<'https' | 'raw' | 'undeclared', number> = { https: 0, raw: 0, undeclared: 0 };
let ca: CertificateAuthority;
let alice: IssuedCertificate;
let https: Upstream;

beforeAll(async () => {
  ca = await rootCa();
  alice = await issueLeaf(ca, { name: 'alice' });
  const speaker = async (name: string) => {
    const { port } = closing.keep(await Speaker.start(name));
    return `127.0.0.1:${port}`;
  };
  const upstreamCertificate = await issueLeaf(ca, { name: 'upstream.test' });
  https = closing.keep(
    await Upstream.start({
      tls: {
        cert: upstreamCertificate.chainPem,
        key: upstreamCertificate.privateKeyPem,
        clientCa: ca.certificatePem,
      },
    }),
  );
  const web = closing.keep(await Upstream.start());
  for (const name of ['https', 'raw', 'undeclared'] as const) ports[name] = await freePort();
  const config = closing.keep(
    await ConfigDirectory.create({
      'secrets.yaml': [
        keyPair('wild', await issueLeaf(ca, { name: '*.wild.test' })),
        keyPair('guarded', await issueLeaf(ca, { name: 'guarded.test' })),
        keyPair('edge', await issueLeaf(ca, { name: 'edge' }), { ca: ca.certificatePem }),
        secret('clients-ca', { 'ca.crt': ca.certificatePem }),
      ],
      'definitions.yaml': [
        listener(ports.https, { protocol: 'HTTPS', securityModel: 'SECURE' }),
        listener(ports.raw, { protocol: 'TCP' }),
        host('wild', { hostname: '*.wild.test', tlsSecret: { name: 'wild' } }),
        host('guarded', {
          hostname: 'guarded.test',
          tlsSecret: { name: 'guarded' },
          tls: { ca_secret: 'clients-ca', cert_required: true },
        }),
        mapping('web', { prefix: '/', service: `127.0.0.1:${web.port}` }),
        tlsContext('mutual', { secret: 'edge', verify: { hostname: 'upstream.test' } }),
        tcpMapping('db', { port: ports.https, host: 'db.wild.test', service: await speaker('db') }),
        tcpMapping('guarded', { port: ports.https, host: 'guarded.test', service: await speaker('guarded') }),
        tcpMapping('broken', { port: ports.https, host: 'broken.wild.test', service: await speaker('x'), tls: 'none' }),
        tcpMapping('even', { port: ports.https, host: 'even.wild.test', service: await speaker('even'), weight: 50 }),
        tcpMapping('odd', { port: ports.https, host: 'even.wild.test', service: await speaker('odd'), weight: 50 }),
        tcpMapping('raw', { port: ports.raw, service: `127.0.0.1:${https.port}`, tls: 'mutual' }),
        tcpMapping('own', { port: ports.undeclared, service: await speaker('own') }),
      ],
    }),
  );
  const plane = closing.keep(await ControlPlane.start(config.path));
  const envoy = closing.keep(await connectedEnvoy(plane.xdsPort));
  for (const port of Object.values(ports)) await envoy.admin.listening(port);
});
afterAll(() => closing.close());

/** What is said on the connection until it ends; empty where it is closed without a word. */
async function heard(socket: Socket): Promise<string> {
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  await new Promise<void>((resolve) => {
    socket.on('close', () => resolve());
    socket.on('error', () => undefined);
  });
  return Buffer.concat(chunks).toString();
}

function overTls(serverName: string, client?: IssuedCertificate): Promise<string> {
  const options = { port: ports.https, host: '127.0.0.1', servername: serverName, ca: ca.certificatePem };
  return heard(
    connectTls(client === undefined ? options : { ...options, cert: client.chainPem, key: client.privateKeyPem }),
  );
}

describe('on a Listener that serves HTTPS', () => {
  test('a server name is passed on to its service, with the certificate of the wildcard Host', async () => {
    expect(await overTls('db.wild.test')).toBe('db');
  });

  test('other names are still served HTTP', async () => {
    const tls = { ca: ca.certificatePem, serverName: 'web.wild.test' };
    expect(await answerTo({ port: ports.https, authority: 'web.wild.test', tls })).toMatchObject({ status: 200 });
  });

  test('the Host’s demand for a client certificate holds for the TCPMapping of its name', async () => {
    expect(await overTls('guarded.test')).toBe('');
    expect(await overTls('guarded.test', alice)).toBe('guarded');
  });

  test('a broken TCPMapping closes the connection; it does not fall through to the wildcard', async () => {
    expect(await overTls('broken.wild.test')).toBe('');
  });

  test('weights of 50 and 50 share alike', async () => {
    const count = { even: 0, odd: 0 };
    for (let connection = 0; connection < 200; connection += 1)
      count[(await overTls('even.wild.test')) as 'even' | 'odd'] += 1;
    // Ambassador would make it 50:100, 67 of 200; a fair coin stays above 72 in all but one of 10,000 runs.
    expect(Math.min(count.even, count.odd)).toBeGreaterThan(72);
  });
});

test('without a host every connection is taken, and TLS with the TLSContext’s certificate originated', async () => {
  expect(await answerTo({ port: ports.raw, path: '/there' })).toMatchObject({ status: 200 });
  expect(https.requests.at(-1)).toMatchObject({ path: '/there', tls: { client: { commonName: 'edge' } } });
});

test('a port that no Listener opens is opened for the TCPMapping', async () => {
  expect(await heard(connect(ports.undeclared, '127.0.0.1'))).toBe('own');
});
