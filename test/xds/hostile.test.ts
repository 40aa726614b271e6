import type { EnvoyMessages } from '../../src/protos';
import { TYPE_URLS } from '../../src/snapshot/snapshot';
import { SnapshotStore } from '../../src/snapshot/store';
import { XdsServer } from '../../src/xds';
import { ATTACKS, halfOpenHandshakes, silentConnections } from './support/attacks';
import { everyType } from './support/configurations';
import { PortPki } from './support/port';
import { WireClient, type WireStream } from './support/wire-client';

// While one client attacks, another's updates must go on arriving. How fast is measured in bench/hostile.ts.

type DeltaRequest = EnvoyMessages['envoy.service.discovery.v3.DeltaDiscoveryRequest'];
type DeltaResponse = EnvoyMessages['envoy.service.discovery.v3.DeltaDiscoveryResponse'];

/** More than one misbehaving client may make the process grow by, in bytes; each attack sends or asks for some MB. */
const MAX_GROWTH = 400e6;

let store: SnapshotStore;
let revision = 0;

beforeEach(() => {
  store = new SnapshotStore();
  publish();
});

function publish(): string {
  revision += 1;
  store.set(everyType('a', 'default', ['a'], String(revision)));
  return store.get('default')?.types.clusters.version ?? '';
}

async function wellBehaved(client: WireClient): Promise<WireStream<DeltaRequest, DeltaResponse>> {
  const ads = 'envoy.service.discovery.v3.AggregatedDiscoveryService';
  const stream = client.stream<DeltaRequest, DeltaResponse>(ads, 'DeltaAggregatedResources');
  stream.send({ node: { id: 'good', cluster: 'x' }, type_url: TYPE_URLS.clusters });
  accept(stream, await stream.next());
  return stream;
}

function accept(stream: WireStream<DeltaRequest, DeltaResponse>, { type_url = '', nonce = '' }: DeltaResponse): void {
  stream.send({ type_url, response_nonce: nonce });
}

/** Publishes and waits until the stream has it. */
async function updated(stream: WireStream<DeltaRequest, DeltaResponse>): Promise<void> {
  const version = publish();
  const response = await stream.next();
  expect(response.system_version_info).toBe(version);
  accept(stream, response);
}

describe('a port in cleartext', () => {
  let server: XdsServer;
  let port: number;
  let client: WireClient;

  beforeEach(async () => {
    server = new XdsServer({ store, identifier: 'countersign/test' });
    ({ port } = await server.listen('127.0.0.1:0'));
    client = new WireClient(`127.0.0.1:${port}`);
  });
  afterEach(async () => {
    client.close();
    await server.drain(0);
  });

  test.each(Object.entries(ATTACKS))(
    '%s: the others go on, and newcomers are served',
    async (_name, attack) => {
      const good = await wellBehaved(client);
      const before = process.memoryUsage().rss;
      const attacking = attack(port);
      for (let index = 0; index < 5; index += 1) await updated(good);
      const end = await attacking;
      await updated(good);
      const newcomer = new WireClient(`127.0.0.1:${port}`);
      await updated(await wellBehaved(newcomer));
      newcomer.close();
      expect(process.memoryUsage().rss - before).toBeLessThan(MAX_GROWTH);
      end();
    },
    60_000,
  );
});

describe('a port with mutual TLS', () => {
  test.each([
    ['1,000 half-open handshakes', halfOpenHandshakes],
    ['1,000 connections that say nothing', silentConnections],
  ])(
    '%s: the others go on, and newcomers get through',
    async (_name, attack) => {
      const pki = await PortPki.create();
      const server = new XdsServer({ store, identifier: 'countersign/test' });
      const { port } = await server.listen('127.0.0.1:0', { tls: pki.tls, access: 'any-client' });
      const issued = await pki.issue([{ type: 'dns', value: 'edge' }]);
      const clients = [pki.client(port, issued), pki.client(port, issued)];
      try {
        const [first, second] = clients;
        if (first === undefined || second === undefined) throw new Error('no clients');
        const good = await wellBehaved(first);
        const attacking = attack(port);
        await updated(good);
        const end = await attacking;
        await updated(good);
        await updated(await wellBehaved(second));
        end();
      } finally {
        for (const client of clients) client.close();
        await server.drain(0);
      }
    },
    60_000,
  );
});
