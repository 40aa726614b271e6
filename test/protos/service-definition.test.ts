import { any, encode, serviceDefinition } from '../../src/protos';

const ADS = 'envoy.service.discovery.v3.AggregatedDiscoveryService';

test('ADS has its two bidirectional streams', () => {
  const methods = serviceDefinition(ADS);
  expect(Object.keys(methods)).toEqual(['StreamAggregatedResources', 'DeltaAggregatedResources']);
  expect(methods['DeltaAggregatedResources']).toMatchObject({
    path: `/${ADS}/DeltaAggregatedResources`,
    requestStream: true,
    responseStream: true,
  });
});

test('each service that Envoy may call is there', () => {
  expect(Object.keys(serviceDefinition('envoy.service.secret.v3.SecretDiscoveryService'))).toEqual([
    'DeltaSecrets',
    'StreamSecrets',
    'FetchSecrets',
  ]);
  expect(serviceDefinition('envoy.service.cluster.v3.ClusterDiscoveryService')['FetchClusters']).toMatchObject({
    requestStream: false,
    responseStream: false,
  });
  expect(serviceDefinition('grpc.health.v1.Health')['Watch']).toMatchObject({
    requestStream: false,
    responseStream: true,
  });
});

test('a response that is already encoded goes out as it is', () => {
  const method = serviceDefinition(ADS)['StreamAggregatedResources'];
  const bytes = Buffer.from([1, 2, 3]);
  expect(method?.responseSerialize(bytes)).toBe(bytes);
});

test('a response travels from server to client', () => {
  const method = serviceDefinition(ADS)['StreamAggregatedResources'];
  const cluster = any('envoy.config.cluster.v3.Cluster', { name: 'one' });
  const received: unknown = method?.responseDeserialize(
    method.responseSerialize({ version_info: '7', resources: [cluster] }),
  );
  expect(received).toMatchObject({ version_info: '7', resources: [cluster] });
});

test('a request that is no message is refused', () => {
  const method = serviceDefinition(ADS)['DeltaAggregatedResources'];
  expect(() => method?.requestDeserialize(Buffer.from([0xff]))).toThrow(RangeError);
});

test('a request nested deeper than any real one is refused, and the process lives', () => {
  let value = Buffer.alloc(0);
  const wrap = (tag: number, bytes: Buffer) => Buffer.concat([Buffer.from([tag]), varint(bytes.length), bytes]);
  for (let depth = 0; depth < 20_000; depth++) value = wrap(0x32, wrap(0x0a, value));
  const node = wrap(0x1a, wrap(0x0a, Buffer.concat([wrap(0x0a, Buffer.from('k')), wrap(0x12, value)])));
  const method = serviceDefinition(ADS)['StreamAggregatedResources'];
  expect(() => method?.requestDeserialize(wrap(0x12, node))).toThrow(/depth|recursion|stack/i);
});

test('an encoded request keeps what the client asked for', () => {
  const method = serviceDefinition(ADS)['DeltaAggregatedResources'];
  const request = { type_url: 't', resource_names_subscribe: ['*'], initial_resource_versions: { b: '2', a: '1' } };
  expect(method?.requestDeserialize(encode('envoy.service.discovery.v3.DeltaDiscoveryRequest', request))).toEqual(
    request,
  );
});

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80);
  return Buffer.from([...bytes, rest]);
}
