import { status } from '@grpc/grpc-js';
import type { EnvoyMessages } from '../../src/protos';
import { TYPE_URLS } from '../../src/snapshot/snapshot';
import { SnapshotStore } from '../../src/snapshot/store';
import { XdsServer, type XdsLimits } from '../../src/xds';
import { everyType } from './support/configurations';
import { PortPki } from './support/port';
import { WireClient } from './support/wire-client';

type DeltaRequest = EnvoyMessages['envoy.service.discovery.v3.DeltaDiscoveryRequest'];
type DeltaResponse = EnvoyMessages['envoy.service.discovery.v3.DeltaDiscoveryResponse'];

const ADS = 'envoy.service.discovery.v3.AggregatedDiscoveryService';
let server: XdsServer;
const closers: (() => void)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0)) close();
  await server.drain(0);
});

function serving(limits: Partial<XdsLimits>): XdsServer {
  const store = new SnapshotStore();
  store.set(everyType('a'));
  return (server = new XdsServer({ store, identifier: 'countersign/test', limits }));
}

const open = (client: WireClient, id = 'n') => {
  closers.push(() => client.close());
  const stream = client.stream<DeltaRequest, DeltaResponse>(ADS, 'DeltaAggregatedResources');
  return stream.send({ node: { id, cluster: 'c' }, type_url: TYPE_URLS.clusters });
};

test('a connection is ended at its age, and the next one is served', async () => {
  const { port } = await serving({ connectionAgeMs: 50 }).listen('127.0.0.1:0');
  const first = open(new WireClient(`127.0.0.1:${port}`));
  await first.next();
  await first.ended;
  await open(new WireClient(`127.0.0.1:${port}`)).next();
}, 15_000);

test('an identity has so many streams at once, and another one has its own', async () => {
  const pki = await PortPki.create();
  const { port } = await serving({ streamsPerIdentity: 2 }).listen('localhost:0', {
    tls: pki.tls,
    access: 'any-client',
  });
  const one = await pki.issue([{ type: 'dns', value: 'one' }]);
  const other = await pki.issue([{ type: 'dns', value: 'other' }]);
  const streams = [open(pki.client(port, one)), open(pki.client(port, one))];
  for (const stream of streams) await stream.next();
  expect(await open(pki.client(port, one)).ended).toMatchObject({ code: status.RESOURCE_EXHAUSTED });
  await open(pki.client(port, other)).next();
  streams[0]?.call.end();
  await streams[0]?.ended;
  await open(pki.client(port, one)).next();
});
