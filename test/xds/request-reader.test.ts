import fc from 'fast-check';
import { decodeMessage, encode } from '../../src/protos';
import { RequestReader } from '../../src/xds/request-reader';

const SOTW = 'envoy.service.discovery.v3.DiscoveryRequest';
const DELTA = 'envoy.service.discovery.v3.DeltaDiscoveryRequest';

const names = fc.oneof(
  fc.array(fc.string(), { maxLength: 5 }),
  fc.array(fc.string({ minLength: 10, maxLength: 60, unit: 'binary' }), { minLength: 100, maxLength: 300 }),
);
const node = fc.record({ id: fc.string(), cluster: fc.string() });

test('reads what the plain decoder reads, whatever it has read before', () => {
  const reader = new RequestReader();
  fc.assert(
    fc.property(names, names, node, fc.string(), (subscribe, unsubscribe, who, nonce) => {
      const delta = { node: who, type_url: 'type', response_nonce: nonce, resource_names_subscribe: subscribe };
      const deltaBytes = encode(DELTA, { ...delta, resource_names_unsubscribe: unsubscribe });
      const sotwBytes = encode(SOTW, { node: who, type_url: 'type', resource_names: subscribe, version_info: nonce });
      for (let times = 0; times < 2; times += 1) {
        expect(plain(reader.delta(deltaBytes))).toEqual(plain(decodeMessage(DELTA, deltaBytes)));
        expect(plain(reader.sotw(sotwBytes))).toEqual(plain(decodeMessage(SOTW, sotwBytes)));
      }
    }),
    { numRuns: 300 },
  );
});

/** An absent list is as good as an empty one. */
function plain(message: object): object {
  return Object.fromEntries(Object.entries(message).filter(([, value]) => !Array.isArray(value) || value.length > 0));
}

const long = (first: string) => [first, ...Array.from({ length: 500 }, (_, index) => `some-longer-name-${index}`)];

test('the same list, byte by byte, is the same object for every stream', () => {
  const reader = new RequestReader();
  const read = (id: string, list: readonly string[]) =>
    reader.delta(encode(DELTA, { node: { id }, resource_names_subscribe: [...list] })).resource_names_subscribe;
  const first = read('a', long('x'));
  expect(read('b', long('x'))).toBe(first);
  expect(read('b', long('y'))).toEqual(long('y'));
  expect(read('c', long('x'))).toBe(first);
});

test('names that do not stand together are read all the same', () => {
  const bytes = Buffer.concat([
    encode(DELTA, { resource_names_subscribe: long('x') }),
    encode(DELTA, { type_url: 'between' }),
    encode(DELTA, { resource_names_subscribe: long('y') }),
  ]);
  expect(new RequestReader().delta(bytes)).toMatchObject({
    type_url: 'between',
    resource_names_subscribe: [...long('x'), ...long('y')],
  });
});

test('bytes that are no message are refused', () => {
  const cut = encode(DELTA, { resource_names_subscribe: long('x') }).subarray(0, 5_000);
  expect(() => new RequestReader().delta(cut)).toThrow(/index out of range/);
});
