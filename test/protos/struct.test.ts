import { decode, decodeMessage, encode, fromStruct, toStruct } from '../../src/protos';

const json = { text: 'a', number: 1.5, yes: true, nothing: null, list: ['x', { deep: [] }], empty: {} };

test('a Struct is JSON on both sides of the wire', () => {
  const bytes = encode('google.protobuf.Struct', toStruct(json));
  expect(decode('google.protobuf.Struct', bytes)).toEqual(json);
  expect(fromStruct(decodeMessage('google.protobuf.Struct', bytes))).toEqual(json);
});

test('no Struct reads as an empty one', () => {
  expect(fromStruct(undefined)).toEqual({});
  expect(fromStruct(null)).toEqual({});
});

test('an empty Struct keeps its place in a message', () => {
  const bytes = encode('envoy.config.core.v3.Node', { id: 'n', metadata: toStruct({}) });
  expect(decode('envoy.config.core.v3.Node', bytes)).toEqual({ id: 'n', metadata: {} });
});
