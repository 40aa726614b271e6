import { StrictCodecError, type EnvoyMessages, encode, joinMessages } from '../../src/protos';

const VIRTUAL_HOST = 'envoy.config.route.v3.VirtualHost';

type Route = NonNullable<EnvoyMessages[typeof VIRTUAL_HOST]['routes']>[number];

const route = (prefix: string): Route => ({ match: { prefix }, direct_response: { status: 404 } });

function encoded(routes: Route[]): string {
  return encode(VIRTUAL_HOST, { name: 'any', domains: ['*'], routes }).toString('hex');
}

const first = [route('/a'), route('/b')];
const second = [route('/c')];

test('a joined list has the bytes of its items, whatever was encoded before', () => {
  const plain = encoded([...first, ...second]);
  expect(encoded(joinMessages([first, second]))).toBe(plain);
  expect(encoded(joinMessages([first, second]))).toBe(plain);
  expect(encoded(joinMessages([second, first]))).toBe(encoded([...second, ...first]));
  expect(encoded(joinMessages([first, [], [route('/d')]]))).toBe(encoded([...first, route('/d')]));
  expect(encoded(joinMessages([]))).toBe(encoded([]));
});

test('a part has the tag of the field that it is written in', () => {
  const part = [{ header: { key: 'x-one', value: '1' } }];
  const added = joinMessages([part]);
  const host = { name: 'any', domains: ['*'] };
  for (const field of ['request_headers_to_add', 'response_headers_to_add', 'request_headers_to_add'])
    expect(encode(VIRTUAL_HOST, { ...host, [field]: added })).toEqual(
      encode(VIRTUAL_HOST, { ...host, [field]: [...part] }),
    );
});

test('a refusal names the place in the whole list', () => {
  const wrong = [route('/c'), { ...route('/d'), paths: true }];
  const refused = () => encoded(joinMessages<Route>([first, wrong]));
  expect(refused).toThrow(StrictCodecError);
  expect(refused).toThrow(/routes\[3\]/);
});
