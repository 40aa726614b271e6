import { load } from '@envoyproxy/protos';
import type { MessageTypeDefinition } from '@grpc/proto-loader';
import { any, decode, type EnvoyMessages, encode, type MessageName, toStruct } from '../../src/protos';

const definitions = load();

/** What proto-loader, which checks nothing, makes of the same message. */
function serialized<N extends MessageName>(name: N, message: EnvoyMessages[N]): Buffer {
  return (definitions[name] as MessageTypeDefinition<object, object>).serialize(message);
}

const ROUTES = 'envoy.config.route.v3.RouteConfiguration';
const HCM = 'envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager';
const route = {
  match: {
    prefix: '/',
    case_sensitive: { value: false },
    runtime_fraction: { default_value: { numerator: 5, denominator: 'MILLION' } },
  },
  route: { cluster: 'one', timeout: { seconds: 3, nanos: 5 } },
  metadata: { filter_metadata: { x: toStruct({ a: [1, null, 'b'] }) } },
} as const;
const routes: EnvoyMessages[typeof ROUTES] = {
  name: 'r',
  virtual_hosts: [
    {
      name: 'a',
      domains: ['a', 'b'],
      routes: [route, route],
      require_tls: 'ALL',
      typed_per_filter_config: { f: any('google.protobuf.Empty', {}) },
    },
    { name: 'none', domains: ['*'], include_request_attempt_count: true },
  ],
  request_headers_to_add: [{ header: { key: 'k', value: 'v' } }],
  max_direct_response_body_size_bytes: { value: 9 },
};

test('routes, which are encoded once, have the bytes of proto-loader', () => {
  expect(encode(ROUTES, routes)).toEqual(serialized(ROUTES, routes));
  expect(encode(ROUTES, routes)).toEqual(serialized(ROUTES, routes));
});

test('so do they inside another message', () => {
  const manager = { stat_prefix: 's', route_config: routes, http_filters: [] };
  expect(encode(HCM, manager)).toEqual(serialized(HCM, manager));
});

test('decoding what is encoded once sees messages', () => {
  expect(decode(ROUTES, encode(ROUTES, routes))).toMatchObject({
    virtual_hosts: [{ routes: [{ route: { cluster: 'one' } }, {}], require_tls: 'ALL' }, { name: 'none' }],
  });
});

test.each<[MessageName, object]>([
  [
    'envoy.config.cluster.v3.Cluster',
    {
      name: 'one',
      type: 'EDS',
      connect_timeout: { seconds: '3' },
      circuit_breakers: { thresholds: [{ priority: 'HIGH' }] },
    },
  ],
  ['google.protobuf.Int64Value', { value: '-9223372036854775808' }],
  ['google.protobuf.UInt64Value', { value: '18446744073709551615' }],
  ['google.protobuf.DoubleValue', { value: -0.1 }],
  ['google.protobuf.BytesValue', { value: Buffer.from([0, 255]) }],
  [
    'envoy.service.discovery.v3.DeltaDiscoveryRequest',
    { initial_resource_versions: { a: '1', b: '2' }, error_detail: { code: 3, message: 'ü' } },
  ],
])('%s has the bytes of proto-loader', (name, message) => {
  expect(encode(name, message as EnvoyMessages[typeof name])).toEqual(
    serialized(name, message as EnvoyMessages[typeof name]),
  );
});
