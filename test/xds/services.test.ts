import { status } from '@grpc/grpc-js';
import descriptor from 'protobufjs/ext/descriptor';
import type { EnvoyMessages } from '../../src/protos';
import { RESOURCE_TYPES, type ResourceType, TYPE_URLS } from '../../src/snapshot/snapshot';
import { SnapshotStore } from '../../src/snapshot/store';
import { XdsServer } from '../../src/xds';
import { DISCOVERY_SERVICES } from '../../src/xds/services/discovery';
import { REFLECTION_SERVICES } from '../../src/xds/services/reflection';
import { everyType } from './support/configurations';
import { WireClient } from './support/wire-client';

type SotwRequest = EnvoyMessages['envoy.service.discovery.v3.DiscoveryRequest'];
type SotwResponse = EnvoyMessages['envoy.service.discovery.v3.DiscoveryResponse'];
type DeltaRequest = EnvoyMessages['envoy.service.discovery.v3.DeltaDiscoveryRequest'];
type DeltaResponse = EnvoyMessages['envoy.service.discovery.v3.DeltaDiscoveryResponse'];
type ClientStatusRequest = EnvoyMessages['envoy.service.status.v3.ClientStatusRequest'];
type ClientStatusResponse = EnvoyMessages['envoy.service.status.v3.ClientStatusResponse'];
type HealthResponse = EnvoyMessages['grpc.health.v1.HealthCheckResponse'];

const IDENTIFIER = 'countersign/test replica-1';
const NAMES: Readonly<Record<ResourceType, string>> = {
  clusters: 'cluster-a',
  endpoints: 'cluster-a',
  secrets: 'a',
  listeners: 'listener-a',
  routes: 'routes-a',
};
const node = { id: 'node-1', cluster: 'edge' };

let store: SnapshotStore;
let server: XdsServer;
let client: WireClient;

beforeEach(async () => {
  store = new SnapshotStore();
  server = new XdsServer({ store, identifier: IDENTIFIER });
  const { port } = await server.listen('127.0.0.1:0');
  client = new WireClient(`127.0.0.1:${port}`);
});
afterEach(async () => {
  client.close();
  await server.drain(0);
});

const services = DISCOVERY_SERVICES.flatMap((service) =>
  (service.type === undefined ? RESOURCE_TYPES : [service.type]).map((type) => ({
    ...service,
    type,
    alone: service.type,
  })),
);

describe.each(services)('$service, $type', ({ service, type, alone, sotw, delta, fetch }) => {
  const type_url = alone === undefined ? TYPE_URLS[type] : '';
  const names = [NAMES[type]];

  test('as a SotW stream', async () => {
    const snapshot = everyType('a');
    store.set(snapshot);
    const stream = client.stream<SotwRequest, SotwResponse>(service, sotw);
    stream.send({ node, type_url, resource_names: names });
    const response = await stream.next();
    expect(response).toMatchObject({ type_url: TYPE_URLS[type], control_plane: { identifier: IDENTIFIER } });
    expect(response.resources).toHaveLength(1);
    stream.send({
      type_url,
      resource_names: names,
      version_info: response.version_info ?? '',
      response_nonce: response.nonce ?? '',
    });
    store.set(everyType('a', 'default', ['a'], '2'));
    if (type === 'clusters' || type === 'secrets')
      expect((await stream.next()).version_info).not.toBe(response.version_info);
  });

  test('as a delta stream', async () => {
    const snapshot = everyType('a');
    store.set(snapshot);
    const stream = client.stream<DeltaRequest, DeltaResponse>(service, delta);
    stream.send({ node, type_url, resource_names_subscribe: names });
    const response = await stream.next();
    expect(response).toMatchObject({ type_url: TYPE_URLS[type], control_plane: { identifier: IDENTIFIER } });
    expect(response.resources?.map(({ name, version }) => [name, version])).toEqual([
      [NAMES[type], snapshot.types[type].resources.get(NAMES[type])?.version],
    ]);
  });

  if (fetch === undefined) return;

  test('by Fetch: the present state, and of clusters and listeners everything if no name is given', async () => {
    const get = (request: SotwRequest) => client.call<SotwResponse>(service, fetch, request);
    await expect(get({ node })).rejects.toMatchObject({ code: status.UNAVAILABLE });
    store.set(everyType('a'));
    const all = await get({ node });
    expect(all.resources ?? []).toHaveLength(type === 'clusters' || type === 'listeners' ? 1 : 0);
    const named = await get({ node, resource_names: [...names, 'nobody'] });
    expect(named).toMatchObject({ type_url: TYPE_URLS[type], control_plane: { identifier: IDENTIFIER } });
    expect(named.resources).toHaveLength(1);
    await expect(get({})).rejects.toMatchObject({ code: status.INVALID_ARGUMENT });
    await expect(get({ node, type_url: 'type.googleapis.com/other' })).rejects.toMatchObject({
      code: status.INVALID_ARGUMENT,
    });
  });

  test('rule 11: another type gets no answer, and does not end the stream', async () => {
    store.set(everyType('a'));
    const stream = client.stream<SotwRequest, SotwResponse>(service, sotw);
    const other = RESOURCE_TYPES.find((each) => each !== type) ?? type;
    stream.send({ node, type_url: TYPE_URLS[other], resource_names: ['*'] });
    stream.send({ type_url: TYPE_URLS[type], resource_names: names });
    expect((await stream.next()).type_url).toBe(TYPE_URLS[type]);
    expect(stream.waiting).toBe(0);
  });
});

test('rule 18: the identifier names build and replica, and no resource has a time to live', async () => {
  store.set(everyType('a'));
  const ads = 'envoy.service.discovery.v3.AggregatedDiscoveryService';
  const stream = client.stream<DeltaRequest, DeltaResponse>(ads, 'DeltaAggregatedResources');
  stream.send({ node, type_url: TYPE_URLS.secrets, resource_names_subscribe: ['a'] });
  const response = await stream.next();
  expect(response.control_plane).toEqual({ identifier: IDENTIFIER });
  expect(response.resources?.map(({ ttl }) => ttl ?? null)).toEqual([null]);
});

describe('Client Status', () => {
  const service = 'envoy.service.status.v3.ClientStatusDiscoveryService';
  const ask = (request: ClientStatusRequest) =>
    client.call<ClientStatusResponse>(service, 'FetchClientStatus', request);

  test('tells what each node was sent and accepted or refused; a secret is named and never shown', async () => {
    store.set(everyType('a'));
    const stream = client.stream<DeltaRequest, DeltaResponse>(
      'envoy.service.discovery.v3.AggregatedDiscoveryService',
      'DeltaAggregatedResources',
    );
    stream.send({ node, type_url: TYPE_URLS.secrets, resource_names_subscribe: ['a'] });
    const secret = await stream.next();
    const of = async () => (await ask({ node_matchers: [{ node_id: { prefix: 'node-' } }] })).config?.[0];
    expect(await of()).toMatchObject({
      node: { id: 'node-1' },
      generic_xds_configs: [{ name: 'a', config_status: 'STALE' }],
    });
    stream.send({ type_url: TYPE_URLS.secrets, response_nonce: secret.nonce ?? '' });
    stream.send({ type_url: TYPE_URLS.clusters });
    const cluster = await stream.next();
    const synced = await of();
    expect(synced?.generic_xds_configs).toEqual([
      expect.objectContaining({ name: 'a', config_status: 'SYNCED', type_url: TYPE_URLS.secrets }),
      expect.objectContaining({ name: 'cluster-a', config_status: 'STALE', type_url: TYPE_URLS.clusters }),
    ]);
    expect(synced?.generic_xds_configs?.map(({ xds_config }) => Boolean(xds_config))).toEqual([false, true]);

    const quoted = 'Unable to parse: key of a';
    stream.send({
      type_url: TYPE_URLS.clusters,
      response_nonce: cluster.nonce ?? '',
      error_detail: { message: quoted },
    });
    stream.send({ type_url: TYPE_URLS.routes, resource_names_subscribe: ['routes-a'] });
    await stream.next();
    const refused = (await of())?.generic_xds_configs?.find(({ name }) => name === 'cluster-a');
    expect(refused).toMatchObject({ config_status: 'ERROR', error_state: { details: 'undecodable' } });
    expect(JSON.stringify(await ask({}))).not.toContain('key of');
  });

  test('contents may be left out, matchers pick nodes, and what cannot be matched is refused', async () => {
    store.set(everyType('a'));
    const stream = client.stream<SotwRequest, SotwResponse>(
      'envoy.service.cluster.v3.ClusterDiscoveryService',
      'StreamClusters',
    );
    stream.send({ node });
    await stream.next();
    const bare = await ask({ exclude_resource_contents: true });
    expect(bare.config?.[0]?.generic_xds_configs?.[0]).toMatchObject({ name: 'cluster-a' });
    expect(bare.config?.[0]?.generic_xds_configs?.[0]?.xds_config ?? null).toBeNull();
    expect((await ask({ node_matchers: [{ node_id: { exact: 'another' } }] })).config ?? []).toEqual([]);
    await expect(ask({ node_matchers: [{ node_metadatas: [{ path: [] }] }] })).rejects.toMatchObject({
      code: status.INVALID_ARGUMENT,
    });
  });

  test('as a stream, each request is answered', async () => {
    store.set(everyType('a'));
    const stream = client.stream<ClientStatusRequest, ClientStatusResponse>(service, 'StreamClientStatus');
    stream.send({});
    stream.send({});
    expect(await stream.next()).toEqual(await stream.next());
  });
});

test('health: not serving before the first configuration, serving after it, and unknown services are not found', async () => {
  const check = (service: string) => client.call<HealthResponse>('grpc.health.v1.Health', 'Check', { service });
  expect(await check('')).toEqual({ status: 'NOT_SERVING' });
  store.set(everyType('a'));
  expect(await check('')).toEqual({ status: 'SERVING' });
  expect(await check('envoy.service.secret.v3.SecretDiscoveryService')).toEqual({ status: 'SERVING' });
  await expect(check('nothing')).rejects.toMatchObject({ code: status.NOT_FOUND });
});

describe.each(REFLECTION_SERVICES)('reflection, %s', (service) => {
  type Ask = EnvoyMessages['grpc.reflection.v1.ServerReflectionRequest'];
  type Answer = EnvoyMessages['grpc.reflection.v1.ServerReflectionResponse'];
  const File = descriptor.FileDescriptorProto;

  test('lists the services, and describes each of them and every type that they use', async () => {
    const stream = client.stream<Ask, Answer>(service, 'ServerReflectionInfo');
    const ask = async (request: Ask) => await stream.send(request).next();
    const names =
      (await ask({ list_services: '' })).list_services_response?.service?.map(({ name }) => name ?? '') ?? [];
    expect(names).toEqual(expect.arrayContaining(DISCOVERY_SERVICES.map((each) => each.service)));
    expect(names).toEqual(expect.arrayContaining(['grpc.health.v1.Health', service]));
    for (const name of names) {
      const { file_descriptor_response: found } = await ask({ file_containing_symbol: name });
      const files = (found?.file_descriptor_proto ?? []).map(
        (bytes) => File.decode(bytes as Buffer).toJSON() as DescribedFile,
      );
      const [first] = files;
      expect(first?.service?.map((each) => `${first.package}.${each.name}`)).toContain(name);
      const known = new Set(files.flatMap((file) => typesOf(file)));
      const used = new Set(
        files.flatMap(({ service: services = [] }) =>
          services.flatMap(({ method = [] }) => method.flatMap(({ inputType, outputType }) => [inputType, outputType])),
        ),
      );
      expect([...used].filter((type) => !known.has(type))).toEqual([]);
      const imported = new Set(files.map(({ name: file }) => file));
      expect(files.flatMap(({ dependency = [] }) => dependency).filter((file) => !imported.has(file))).toEqual([]);
    }
  });

  test('says what it does not have', async () => {
    const stream = client.stream<Ask, Answer>(service, 'ServerReflectionInfo');
    for (const request of [
      { file_by_filename: 'none.proto' },
      { file_containing_symbol: 'no.Symbol' },
      { all_extension_numbers_of_type: 'x' },
    ])
      expect((await stream.send(request).next()).error_response).toMatchObject({ error_code: status.NOT_FOUND });
  });
});

interface DescribedFile {
  readonly name: string;
  readonly package: string;
  readonly dependency?: readonly string[];
  readonly messageType?: readonly { readonly name: string }[];
  readonly service?: readonly {
    readonly name: string;
    readonly method?: readonly { readonly inputType: string; readonly outputType: string }[];
  }[];
}

function typesOf(file: DescribedFile): string[] {
  return (file.messageType ?? []).map(({ name }) => `.${file.package}.${name}`);
}

test('a method that does not exist is unimplemented, and tells nothing else', async () => {
  await expect(client.callPath('/envoy.service.secret.v3.SecretDiscoveryService/FetchSecret')).rejects.toMatchObject({
    code: status.UNIMPLEMENTED,
  });
});
