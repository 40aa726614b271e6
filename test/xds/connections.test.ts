import { X509Certificate } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import type { EnvoyMessages } from '../../src/protos';
import type { IssuedCertificate } from '../../src/cli/demo/pki';
import { TYPE_URLS } from '../../src/snapshot/snapshot';
import { SnapshotStore } from '../../src/snapshot/store';
import { XdsServer } from '../../src/xds';
import { revocationList } from '../support/revocation';
import { everyType } from './support/configurations';
import { PortPki } from './support/port';
import type { WireClient } from './support/wire-client';

type DeltaRequest = EnvoyMessages['envoy.service.discovery.v3.DeltaDiscoveryRequest'];
type DeltaResponse = EnvoyMessages['envoy.service.discovery.v3.DeltaDiscoveryResponse'];

const HOUR = 3_600_000;
let pki: PortPki;
let server: XdsServer;
let port: number;
let now: () => Date;
const refusals = new EventEmitter();
const closers: (() => void)[] = [];

beforeAll(async () => {
  pki = await PortPki.create();
});
beforeEach(async () => {
  now = () => new Date();
  const store = new SnapshotStore();
  store.set(everyType('a'));
  const observer = { turnedAway: (_peer: string, reason: string) => void refusals.emit('refused', reason) };
  server = new XdsServer({ store, identifier: 'countersign/test', now: () => now(), observer });
  ({ port } = await server.listen('localhost:0', { tls: pki.tls, access: 'any-client' }));
});
afterEach(async () => {
  for (const close of closers.splice(0)) close();
  await server.drain(0);
});

const issue = (ca = pki.ca) => pki.issue([{ type: 'dns', value: 'edge' }], ca, HOUR);

function connected(issued: IssuedCertificate): WireClient {
  const client = pki.client(port, issued);
  closers.push(() => client.close());
  return client;
}

async function open(client: WireClient) {
  const ads = 'envoy.service.discovery.v3.AggregatedDiscoveryService';
  const stream = client.stream<DeltaRequest, DeltaResponse>(ads, 'DeltaAggregatedResources');
  stream.send({ node: { id: 'n', cluster: 'c' }, type_url: TYPE_URLS.clusters });
  await stream.next();
  return stream;
}

test('a connection ends when its client certificate does', async () => {
  const issued = await pki.issue([{ type: 'dns', value: 'edge' }], pki.ca, 60_000);
  // Half a second before its end, by the clock of the server.
  const ahead = Date.parse(new X509Certificate(issued.certificatePem).validTo) - 500 - Date.now();
  now = () => new Date(Date.now() + ahead);
  const stream = await open(connected(issued));
  expect((await stream.ended).code).not.toBe(0);
});

test('a new CA ends the connections of the old one, and lets in its own', async () => {
  const old = await open(connected(await issue()));
  server.useTls({ ...pki.tls, clientCa: Buffer.from(pki.ca.certificatePem + pki.other.certificatePem) });
  const both = await open(connected(await issue(pki.other)));
  server.useTls({ ...pki.tls, clientCa: Buffer.from(pki.other.certificatePem) });
  await old.ended;
  both.send({ type_url: TYPE_URLS.secrets, resource_names_subscribe: ['a'] });
  expect((await both.next()).type_url).toBe(TYPE_URLS.secrets);
});

test('a revocation ends the connection of who is revoked, and no other', async () => {
  const [revoked, kept] = [await issue(), await issue()];
  const [one, other] = [await open(connected(revoked)), await open(connected(kept))];
  const validity = { notBefore: new Date(Date.now() - HOUR), notAfter: new Date(Date.now() + HOUR) };
  const crl = Buffer.from(await revocationList(pki.ca, [revoked.serial], validity));
  server.useTls({ ...pki.tls, crl });
  expect((await one.ended).code).not.toBe(0);
  other.send({ type_url: TYPE_URLS.secrets, resource_names_subscribe: ['a'] });
  expect((await other.next()).type_url).toBe(TYPE_URLS.secrets);
  await expect(open(connected(revoked))).rejects.toThrow();
});

test.each([
  ['a certificate of another CA', async () => issue(pki.other)],
  ['no certificate', () => Promise.resolve(undefined)],
])('a handshake with %s is told of', async (_what, issued) => {
  const refused = once(refusals, 'refused');
  const client = await issued();
  const own = client && { cert: client.chainPem, key: client.privateKeyPem };
  const socket = connect({ port, host: 'localhost', ca: pki.ca.certificatePem, ...own, ALPNProtocols: ['h2'] });
  socket.on('error', () => {});
  expect(await refused).toEqual(['handshake']);
  socket.destroy();
});

test('who only looks whether the port is open is not', async () => {
  const told: unknown[] = [];
  refusals.on('refused', (reason) => told.push(reason));
  const looking = connectTcp({ port, host: 'localhost' });
  await once(looking, 'connect');
  looking.destroy();
  // Who comes later and is served: the other is long gone by then.
  await open(connected(await issue()));
  expect(told).toEqual([]);
});

test('a renewed certificate of the server ends nothing', async () => {
  const stream = await open(connected(await issue()));
  const again = await PortPki.create();
  server.useTls({ ...again.tls, clientCa: Buffer.from(pki.ca.certificatePem) });
  stream.send({ type_url: TYPE_URLS.secrets, resource_names_subscribe: ['a'] });
  expect((await stream.next()).type_url).toBe(TYPE_URLS.secrets);
});

/** RFC 9113 §3.4: what every client begins with, and its SETTINGS, which hold nothing. */
const PREFACE = Buffer.concat([
  Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
  Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]),
]);

test('TLS sessions are not resumed: each connection is judged anew', async () => {
  const issued = await issue();
  const options = {
    port,
    host: 'localhost',
    ca: pki.ca.certificatePem,
    cert: issued.chainPem,
    key: issued.privateKeyPem,
  };
  const sessions: Buffer[] = [];
  const dial = async (session?: Buffer): Promise<TLSSocket> => {
    const socket = connect({ ...options, ALPNProtocols: ['h2'], ...(session && { session }) });
    socket.on('session', (given) => sessions.push(given));
    await once(socket, 'secureConnect');
    socket.write(PREFACE);
    // HTTP/2 SETTINGS of the server: whatever it sends after the handshake was sent before them.
    await once(socket, 'data');
    return socket;
  };
  const first = await dial();
  const session = sessions.at(-1) ?? first.getSession();
  first.destroy();
  const second = await dial(session);
  expect(second.isSessionReused()).toBe(false);
  second.destroy();
});

test('a drain ends a connection whose client has said nothing', async () => {
  const { chainPem: cert, privateKeyPem: key } = await issue();
  const silent = connect({ port, host: 'localhost', ca: pki.ca.certificatePem, cert, key, ALPNProtocols: ['h2'] });
  await once(silent, 'secureConnect');
  // Who comes later and is served: the silent one is known by then.
  await open(connected(await issue()));
  const closed = once(silent, 'close');
  await server.drain(0);
  await closed;
  // By itself it would be cut off after ten seconds.
}, 5_000);
