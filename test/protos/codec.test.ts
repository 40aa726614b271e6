import { any, decode, decodeMessage, encode, encodeAny, StrictCodecError } from '../../src/protos';
import type { EnvoyMessages, JsonValue, MessageName } from '../../src/protos';

const CLUSTER = 'envoy.config.cluster.v3.Cluster';
const UPSTREAM_TLS = 'envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext';

const cluster: EnvoyMessages[typeof CLUSTER] = {
  name: 'one',
  type: 'STRICT_DNS',
  connect_timeout: { seconds: 3, nanos: 500_000_000 },
  per_connection_buffer_limit_bytes: { value: 32768 },
  metadata: { filter_metadata: { b: { fields: { x: { string_value: 'y' } } }, a: {} } },
  transport_socket: { name: 'tls', typed_config: any(UPSTREAM_TLS, { sni: 'one.example' }) },
};

/** What is refused at compile time must be refused at run time too. */
function encodeUntyped(name: MessageName, message: unknown): Buffer {
  return encode(name, message as never);
}

function refusal(run: () => unknown): StrictCodecError {
  try {
    run();
  } catch (error) {
    if (error instanceof StrictCodecError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

test('decodes to proto-JSON as Envoy reads it', () => {
  expect(decode(CLUSTER, encode(CLUSTER, cluster))).toEqual({
    name: 'one',
    type: 'STRICT_DNS',
    connect_timeout: '3.500s',
    per_connection_buffer_limit_bytes: 32768,
    metadata: { filter_metadata: { a: {}, b: { x: 'y' } } },
    transport_socket: {
      name: 'tls',
      typed_config: { '@type': `type.googleapis.com/${UPSTREAM_TLS}`, sni: 'one.example' },
    },
  });
});

test('encodeAny gives the bytes of the Any that holds the message', () => {
  expect(decode('google.protobuf.Any', encodeAny(CLUSTER, { name: 'one' }))).toEqual({
    '@type': `type.googleapis.com/${CLUSTER}`,
    name: 'one',
  });
});

test('decodeMessage gives back what was encoded', () => {
  expect(encode(CLUSTER, decodeMessage(CLUSTER, encode(CLUSTER, cluster)))).toEqual(encode(CLUSTER, cluster));
});

test('the order in which a map or a message was written does not show in the bytes', () => {
  const ordered = { name: 'one', metadata: { filter_metadata: { a: {}, b: {} } } };
  const shuffled = { metadata: { filter_metadata: { b: {}, a: {} } }, name: 'one' };
  expect(encode(CLUSTER, shuffled)).toEqual(encode(CLUSTER, ordered));
});

test.each<[string, unknown, string, RegExp]>([
  ['a misspelt field', { nmae: 'x' }, '', /has no field "nmae"/],
  ['a camelCase name', { connectTimeout: {} }, '', /did you mean "connect_timeout"/],
  [
    'a misspelt field further down',
    { load_assignment: { endpoints: [{}, { lb_endpoint: [] }] } },
    'load_assignment.endpoints[1]',
    /lb_endpoint/,
  ],
  ['an unknown enum value', { type: 'STATICK' }, 'type', /expected one of STATIC, STRICT_DNS/],
  ['an unknown enum number', { type: 77 }, 'type', /not a value of/],
  [
    'two members of a oneof',
    { type: 'EDS', cluster_type: { name: 'x' } },
    '',
    /"type" and "cluster_type" exclude each other/,
  ],
  [
    'an Any of unknown type',
    { transport_socket: { typed_config: { type_url: 'type.googleapis.com/x.Y' } } },
    'transport_socket.typed_config',
    /"type.googleapis.com\/x.Y"/,
  ],
  [
    'an Any with a foreign prefix',
    { transport_socket: { typed_config: { type_url: `evil/${CLUSTER}` } } },
    'transport_socket.typed_config',
    /unknown type/,
  ],
  ['a string for a message', { connect_timeout: '3s' }, 'connect_timeout', /expected an object, got string/],
  [
    'a fraction for an integer',
    { max_requests_per_connection: { value: 1.5 } },
    'max_requests_per_connection.value',
    /integer/,
  ],
  [
    'a negative unsigned integer',
    { max_requests_per_connection: { value: -1 } },
    'max_requests_per_connection.value',
    /out of range/,
  ],
  ['text for a 64-bit integer', { connect_timeout: { seconds: 'abc' } }, 'connect_timeout.seconds', /integer/],
  ['a number for a string', { name: 5 }, 'name', /expected a string, got number/],
  ['an object for an array', { health_checks: {} }, 'health_checks', /expected an array/],
  [
    'an array for a map',
    { typed_extension_protocol_options: [] },
    'typed_extension_protocol_options',
    /expected a map/,
  ],
])('refuses %s', (_what, message, path, problem) => {
  const error = refusal(() => encodeUntyped(CLUSTER, message));
  expect(error.messageName).toBe(CLUSTER);
  expect(error.path).toBe(path);
  expect(error.message).toMatch(problem);
});

test('refuses a message that does not exist', () => {
  expect(refusal(() => encodeUntyped('envoy.Nothing' as MessageName, {})).message).toMatch(/no such message/);
});

test('a refusal never repeats a value', () => {
  const error = refusal(() => encodeUntyped(CLUSTER, { name: Buffer.from('hush-hush') }));
  expect(`${error.message}${String(error.stack)}`).not.toContain('hush');
});

test('prints an Any of a type it does not know without its bytes', () => {
  const bytes = Buffer.concat([
    Buffer.from([0x0a, 4]),
    Buffer.from('x/yz'),
    Buffer.from([0x12, 3]),
    Buffer.from('abc'),
  ]);
  expect(decode('google.protobuf.Any', bytes)).toEqual({ '@type': 'x/yz', value: '[redacted]' });
});

test.each<[MessageName, unknown, JsonValue]>([
  ['google.protobuf.Duration', { seconds: 0, nanos: 250_000_000 }, '0.250s'],
  ['google.protobuf.Duration', { seconds: -1, nanos: -5 }, '-1.000000005s'],
  ['google.protobuf.Duration', {}, '0s'],
  ['google.protobuf.Timestamp', { seconds: '1700000000' }, '2023-11-14T22:13:20Z'],
  ['google.protobuf.UInt32Value', {}, 0],
  ['google.protobuf.UInt64Value', { value: '18446744073709551615' }, '18446744073709551615'],
  ['google.protobuf.Int64Value', { value: '-9223372036854775808' }, '-9223372036854775808'],
  ['google.protobuf.BoolValue', { value: false }, false],
  ['google.protobuf.BytesValue', { value: Buffer.from([1, 2]) }, 'AQI='],
  ['google.protobuf.DoubleValue', { value: Number.NaN }, 'NaN'],
])('%s %j', (name, message, json) => {
  expect(decode(name, encodeUntyped(name, message))).toEqual(json);
});

test('the fields of the overlay are those that Envoy knows', () => {
  const bytes = encode(UPSTREAM_TLS, { auto_host_sni: true, auto_sni_san_validation: true });
  expect([...bytes]).toEqual([(6 << 3) | 0, 1, (7 << 3) | 0, 1]);
});
