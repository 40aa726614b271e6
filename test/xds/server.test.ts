import { once } from 'node:events';
import { mkdtempSync, renameSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { credentials, status } from '@grpc/grpc-js';
import { CertificateAuthority, type IssuedCertificate } from '../../src/cli/demo/pki';
import { decodeMessage, encodeAny } from '../../src/protos';
import { buildSnapshot } from '../../src/snapshot/build-snapshot';
import { ResourceEncoder } from '../../src/snapshot/resource-encoder';
import { type Snapshot, TYPE_URLS } from '../../src/snapshot/snapshot';
import { SnapshotStore } from '../../src/snapshot/store';
import { XdsServer } from '../../src/xds';
import type { Nack, XdsObserver } from '../../src/xds/protocol/observer';
import { WireClient } from './support/wire-client';

const encoder = new ResourceEncoder((name, message) => encodeAny(name as never, message as never), Buffer.alloc(32, 1));
const IDENTIFIER = 'countersign/test';

function clusters(names: readonly string[], group = 'default', statName = 'x'): Snapshot {
  const resources = names.map((name) => ({
    type: 'clusters' as const,
    name,
    messageName: 'envoy.config.cluster.v3.Cluster',
    message: { name, alt_stat_name: statName },
    references: {},
    origins: [],
  }));
  return buildSnapshot(group, resources, encoder);
}

let store: SnapshotStore;
let server: XdsServer;
let target: string;
let closers: (() => void)[];
const nacks: Nack[] = [];
const closed: string[] = [];
let onClosed: (() => void) | undefined;
const observer: XdsObserver = {
  nack: (_stream, nack) => nacks.push(nack),
  closed: (_stream, reason) => {
    closed.push(reason);
    onClosed?.();
  },
};

beforeEach(async () => {
  store = new SnapshotStore();
  server = new XdsServer({ store, identifier: IDENTIFIER, observer, now: () => new Date('2026-01-01T00:00:00Z') });
  const { port } = await server.listen('127.0.0.1:0');
  target = `127.0.0.1:${port}`;
  closers = [];
  nacks.length = 0;
  closed.length = 0;
});
afterEach(async () => {
  for (const close of closers) close();
  await server.drain(0);
});

function client(creds = credentials.createInsecure(), options: object = {}): WireClient {
  const made = new WireClient(target, creds, options);
  closers.push(() => made.close());
  return made;
}

const node = (id: string, ambassadorId?: string | readonly string[]) => ({
  id,
  cluster: 'edge',
  user_agent_build_version: { version: { major_number: 1, minor_number: 40, patch: 0 } },
  ...(ambassadorId !== undefined && {
    metadata: {
      fields: {
        ambassador_id:
          typeof ambassadorId === 'string'
            ? { string_value: ambassadorId }
            : { list_value: { values: ambassadorId.map((each) => ({ string_value: each })) } },
      },
    },
  }),
});

test('delta over the wire: the decoded response is what was published, version and name included', async () => {
  const snapshot = clusters(['a', 'b']);
  store.set(snapshot);
  const stream = client()
    .open('DeltaAggregatedResources')
    .send({ node: node('n'), type_url: TYPE_URLS.clusters });
  const response = await stream.next();
  expect(response).toMatchObject({
    type_url: TYPE_URLS.clusters,
    system_version_info: snapshot.types.clusters.version,
    control_plane: { identifier: IDENTIFIER },
    nonce: '1',
  });
  expect(response.resources?.map(({ name, version }) => [name, version])).toEqual(
    [...snapshot.types.clusters.resources.values()].map(({ name, version }) => [name, version]),
  );
  const value = response.resources?.[0]?.resource?.value ?? Buffer.alloc(0);
  expect(decodeMessage('envoy.config.cluster.v3.Cluster', value)).toMatchObject({ name: 'a', alt_stat_name: 'x' });

  stream.send({ type_url: TYPE_URLS.clusters, response_nonce: response.nonce ?? '' });
  store.set(clusters(['b']));
  expect(await stream.next()).toMatchObject({ removed_resources: ['a'], nonce: '2' });
});

test('SotW over the wire: two streams get the same resources under nonces of their own', async () => {
  const snapshot = clusters(['a', 'b']);
  store.set(snapshot);
  const responses = await Promise.all(
    ['n1', 'n2'].map(async (id) => {
      const stream = client()
        .open('StreamAggregatedResources')
        .send({ node: node(id), type_url: TYPE_URLS.clusters });
      return await stream.next();
    }),
  );
  for (const response of responses) {
    expect(response).toMatchObject({
      version_info: snapshot.types.clusters.version,
      type_url: TYPE_URLS.clusters,
      control_plane: { identifier: IDENTIFIER },
      nonce: '1',
    });
    expect(response.resources?.map((any) => any.type_url)).toEqual([TYPE_URLS.clusters, TYPE_URLS.clusters]);
  }
  expect(responses[0]?.resources).toEqual(responses[1]?.resources);
});

test.each([
  ['a string', 'blue', 'blue'],
  ['a list, of which the first group counts', ['none', 'blue'], 'blue'],
])('the node group comes from ambassador_id: %s', async (_what, id, group) => {
  store.set(clusters(['of-default']), clusters(['of-blue'], 'blue'));
  const stream = client()
    .open('DeltaAggregatedResources')
    .send({ node: node('n', id), type_url: TYPE_URLS.clusters });
  expect((await stream.next()).resources?.[0]?.name).toBe(`of-${group}`);
});

test('a node that names a group that does not exist gets nothing, until that group exists', async () => {
  store.set(clusters(['of-default']));
  const stream = client()
    .open('DeltaAggregatedResources')
    .send({ node: node('n', 'blue'), type_url: TYPE_URLS.clusters });
  const first = stream.next();
  store.set(clusters(['more-of-default']));
  store.set(clusters(['of-blue'], 'blue'));
  expect((await first).resources?.map(({ name }) => name)).toEqual(['of-blue']);
});

test('the node group may come from node.cluster', async () => {
  store.set(clusters(['of-default']), clusters(['of-edge'], 'edge'));
  const stream = client()
    .open('DeltaAggregatedResources')
    .send({ node: node('n'), type_url: TYPE_URLS.clusters });
  expect((await stream.next()).resources?.[0]?.name).toBe('of-edge');
});

test('rule 1: a stream without a node ends with INVALID_ARGUMENT, and the server lives on', async () => {
  store.set(clusters(['a']));
  for (const method of ['DeltaAggregatedResources', 'StreamAggregatedResources'] as const) {
    const stream = client().open(method).send({ type_url: TYPE_URLS.clusters });
    expect(await stream.ended).toMatchObject({ code: status.INVALID_ARGUMENT });
  }
  const again = client()
    .open('DeltaAggregatedResources')
    .send({ node: node('n'), type_url: TYPE_URLS.clusters });
  await expect(again.next()).resolves.toMatchObject({ nonce: '1' });
});

test('bytes that are no message end their stream only', async () => {
  store.set(clusters(['a']));
  const shared = client();
  const good = shared.open('DeltaAggregatedResources').send({ node: node('n'), type_url: TYPE_URLS.clusters });
  await good.next();
  const bad = shared.openRaw('DeltaAggregatedResources').send(Buffer.from('ff'.repeat(50), 'hex'));
  expect((await bad.ended).code).not.toBe(status.OK);
  store.set(clusters(['a', 'b']));
  expect((await good.next()).resources?.map(({ name }) => name)).toEqual(['b']);
});

test('rule 12: a stream that comes too early waits for the first snapshot', async () => {
  const stream = client()
    .open('DeltaAggregatedResources')
    .send({ node: node('n'), type_url: TYPE_URLS.clusters });
  stream.send({ type_url: 'type.googleapis.com/unknown' });
  await until(() => server.status().nodes.length === 1);
  expect(stream.waiting).toBe(0);
  store.set(clusters(['a']));
  expect((await stream.next()).resources?.map(({ name }) => name)).toEqual(['a']);
});

test('rule 24: a request beyond the 4 MB default of grpc-js is read', async () => {
  store.set(clusters(['a']));
  const initial = Object.fromEntries(
    Array.from({ length: 60_000 }, (_, i) => [`cluster-${'x'.repeat(60)}-${i}`, 'v'.repeat(16)]),
  );
  const stream = client()
    .open('DeltaAggregatedResources')
    .send({ node: node('n'), type_url: TYPE_URLS.clusters, initial_resource_versions: initial });
  expect((await stream.next()).resources?.map(({ name }) => name)).toEqual(['a']);
});

test('a NACK reaches observer and status classified, and its text goes nowhere', async () => {
  store.set(clusters(['a']));
  const stream = client()
    .open('DeltaAggregatedResources')
    .send({ node: node('n'), type_url: TYPE_URLS.clusters });
  const { nonce } = await stream.next();
  const message = 'Failed to load private key -----BEGIN PRIVATE KEY-----c2VjcmV0';
  stream.send({ type_url: TYPE_URLS.clusters, response_nonce: nonce ?? '', error_detail: { code: 3, message } });
  await until(() => nacks.length === 1);
  expect(nacks[0]).toMatchObject({ type: 'clusters', reason: 'private-key-unusable', rejected: [{ name: 'a' }] });
  const shown = JSON.stringify([nacks, server.status()]);
  expect(shown).not.toContain('BEGIN');
  expect(shown).not.toContain('c2VjcmV0');
  expect(server.status().nodes[0]).toMatchObject({
    id: 'n',
    group: 'default',
    envoyVersion: '1.40.0',
    streams: [
      { types: { clusters: { parked: ['a'], lastNack: { at: new Date('2026-01-01T00:00:00Z') }, subscribed: '*' } } },
    ],
  });
});

test('a client that stops reading holds a bounded number of responses', async () => {
  const large = 'x'.repeat(500_000);
  store.set(clusters(['a'], 'default', large));
  const stream = client().open('DeltaAggregatedResources');
  stream.call.pause();
  stream.send({ node: node('n'), type_url: TYPE_URLS.clusters });
  // It acknowledges what it never reads: the window of unanswered responses does not hold us back, only the transport does.
  for (let sent = 0; sent < 200; sent += 1) {
    store.set(clusters(['a'], 'default', `${large}${sent}`));
    stream.send({ type_url: TYPE_URLS.clusters, response_nonce: String(sent) });
    await new Promise((resolve) => setImmediate(resolve));
  }
  stream.call.resume();
  let responses = 0;
  const newest = store.get('default')?.types.clusters.version;
  for (;;) {
    const response = await stream.next();
    responses += 1;
    if (response.system_version_info === newest) break;
  }
  expect(responses).toBeLessThan(60);
});

test('drain ends every stream, then refuses new ones', async () => {
  store.set(clusters(['a']));
  const one = client();
  const streams = [1, 2, 3].map((id) =>
    one.open('DeltaAggregatedResources').send({ node: node(`n${id}`), type_url: TYPE_URLS.clusters }),
  );
  await Promise.all(streams.map((stream) => stream.next()));
  await server.drain(50);
  expect((await Promise.all(streams.map((stream) => stream.ended))).map(({ code }) => code)).toEqual([0, 0, 0]);
  expect(closed).toEqual(['drain', 'drain', 'drain']);
  const late = client()
    .open('DeltaAggregatedResources')
    .send({ node: node('n'), type_url: TYPE_URLS.clusters });
  expect((await late.ended).code).toBe(status.UNAVAILABLE);
});

test('a stream that its client ends is forgotten', async () => {
  store.set(clusters(['a']));
  const stream = client()
    .open('DeltaAggregatedResources')
    .send({ node: node('n'), type_url: TYPE_URLS.clusters });
  await stream.next();
  const gone = new Promise<void>((resolve) => (onClosed = resolve));
  stream.call.cancel();
  await gone;
  expect(server.status().nodes).toEqual([]);
});

describe('over a Unix socket', () => {
  test('serves, and takes over the socket file of a process that was killed', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'countersign-xds-'));
    try {
      const path = join(dir, 'xds.sock');
      const killed = join(dir, 'stale.sock');
      const dead = createServer().listen(join(dir, 'dead.sock'));
      await once(dead, 'listening');
      renameSync(join(dir, 'dead.sock'), killed);
      dead.close();
      await once(dead, 'close');
      store.set(clusters(['a']));
      const local = new XdsServer({ store, identifier: IDENTIFIER });
      await local.listen(`unix:${path}`);
      target = `unix:${path}`;
      const stream = client()
        .open('DeltaAggregatedResources')
        .send({ node: node('n'), type_url: TYPE_URLS.clusters });
      expect((await stream.next()).resources).toHaveLength(1);
      await expect(new XdsServer({ store, identifier: IDENTIFIER }).listen(`unix:${path}`)).rejects.toThrow(
        /EADDRINUSE/,
      );
      await local.drain(0);
      const next = new XdsServer({ store, identifier: IDENTIFIER });
      await next.listen(`unix:${killed}`);
      await next.drain(0);
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  });
});

describe('over mutual TLS', () => {
  const validity = { notBefore: new Date(Date.now() - 60_000), notAfter: new Date(Date.now() + 3_600_000) };
  const dns = (value: string) => ({ type: 'dns', value }) as const;
  let ca: CertificateAuthority;
  let other: CertificateAuthority;
  let envoy: IssuedCertificate;

  const files = (issued: IssuedCertificate) => ({
    certificateChain: Buffer.from(issued.chainPem),
    privateKey: Buffer.from(issued.privateKeyPem),
    clientCa: Buffer.from(ca.certificatePem),
  });
  const creds = (issued?: IssuedCertificate) =>
    credentials.createSsl(
      Buffer.from(ca.certificatePem),
      issued ? Buffer.from(issued.privateKeyPem) : null,
      issued ? Buffer.from(issued.chainPem) : null,
    );
  const issue = async (from: CertificateAuthority, name: string) =>
    await from.issue({ commonName: name, subjectAltNames: [dns('localhost')], ...validity });

  beforeEach(async () => {
    ca = await CertificateAuthority.createRoot({ commonName: 'xds CA', ...validity });
    other = await CertificateAuthority.createRoot({ commonName: 'another CA', ...validity });
    envoy = await issue(ca, 'envoy');
    await server.drain(0);
    server = new XdsServer({ store, identifier: IDENTIFIER });
    const { port } = await server.listen('127.0.0.1:0', {
      tls: files(await issue(ca, 'countersign')),
      access: 'any-client',
    });
    target = `localhost:${port}`;
    store.set(clusters(['a']));
  });

  const first = (using: ReturnType<typeof creds>) =>
    client(using, { 'grpc.enable_retries': 0 })
      .open('DeltaAggregatedResources')
      .send({ node: node('n'), type_url: TYPE_URLS.clusters });

  test('a client with a certificate of the CA is served; none, another CA and cleartext are not', async () => {
    expect((await first(creds(envoy)).next()).resources).toHaveLength(1);
    for (const refused of [creds(), creds(await issue(other, 'envoy')), credentials.createInsecure()]) {
      expect((await first(refused).ended).code).toBe(status.UNAVAILABLE);
    }
  });

  test('TLS 1.2 is refused', async () => {
    const { connect } = await import('node:tls');
    const attempt = (maxVersion: 'TLSv1.2' | 'TLSv1.3') =>
      new Promise<string>((resolve) => {
        const socket = connect({
          port: Number(target.split(':')[1]),
          host: '127.0.0.1',
          servername: 'localhost',
          ca: ca.certificatePem,
          cert: envoy.chainPem,
          key: envoy.privateKeyPem,
          ALPNProtocols: ['h2'],
          maxVersion,
        });
        socket.once('secureConnect', () => {
          resolve(socket.getProtocol() ?? '');
          socket.destroy();
        });
        socket.once('error', () => resolve('refused'));
      });
    expect(await attempt('TLSv1.3')).toBe('TLSv1.3');
    expect(await attempt('TLSv1.2')).toBe('refused');
  });

  test('a renewed server certificate serves new connections, and streams that are up stay up', async () => {
    const before = first(creds(envoy));
    await before.next();
    const renewed = await issue(ca, 'countersign');
    server.useTls(files(renewed));
    const { connect } = await import('node:tls');
    const serial = await new Promise<string>((resolve, reject) => {
      const socket = connect(
        {
          port: Number(target.split(':')[1]),
          host: '127.0.0.1',
          servername: 'localhost',
          ca: ca.certificatePem,
          cert: envoy.chainPem,
          key: envoy.privateKeyPem,
          ALPNProtocols: ['h2'],
        },
        () => {
          resolve(socket.getPeerCertificate().serialNumber.toLowerCase());
          socket.destroy();
        },
      );
      socket.once('error', reject);
    });
    expect(serial).toBe(renewed.serial);
    store.set(clusters(['a', 'b']));
    expect((await before.next()).resources?.map(({ name }) => name)).toEqual(['b']);
  });
});

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 5_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error('it never came to be');
    await new Promise((resolve) => setImmediate(resolve));
  }
}
