import fc from 'fast-check';
import { covers, isHostnameGlob, isServerName, overlaps, serverNameOf } from '../../src/resolution/hostname';

test.each([
  '*',
  'example.com',
  'EXAMPLE.com',
  '*.example.com',
  '*example.com',
  '*-api.example.com',
  'api.*',
  'api-*',
  'localhost',
  'under_score.test',
  'example.com:8443',
  '*.example.com:8443',
  '10.0.0.1',
  '[::1]',
  '[2001:db8::1]:443',
  'xn--bcher-kva.example',
])('%s is a hostname', (glob) => expect(isHostnameGlob(glob)).toBe(true));

test.each([
  '',
  '**',
  '*.*',
  'a.*.com',
  'a*b',
  '*a*',
  'a..b',
  '.example.com',
  '-a.com',
  'a-.com',
  'a b',
  'a/b',
  'https://a',
  'a:port',
  'a:123456',
  'bücher.example',
  '[::1',
  '[no]',
  'a\n',
  `${'a'.repeat(300)}.com`,
])('%j is none', (glob) => expect(isHostnameGlob(glob)).toBe(false));

test.each([
  ['*', true],
  ['example.com', true],
  ['*.example.com', true],
  ['*example.com', false],
  ['*-api.example.com', false],
  ['api.*', false],
  ['example.com:443', false],
  ['[::1]', false],
])('%s can be matched by SNI: %j', (glob, expected) => expect(isServerName(glob)).toBe(expected));

test('the server name of a Host is its hostname without the port, in lower case', () => {
  expect(serverNameOf('Example.COM:8443')).toBe('example.com');
  expect(serverNameOf('*.Example.com')).toBe('*.example.com');
});

// What the globs mean, said in the plainest way: whether a name matches; a star stands for at least one character, as in Envoy.
function matches(glob: string, name: string): boolean {
  if (glob === '*') return true;
  if (glob.startsWith('*')) return name.endsWith(glob.slice(1)) && name.length > glob.length - 1;
  if (glob.endsWith('*')) return name.startsWith(glob.slice(0, -1)) && name.length > glob.length - 1;
  return name === glob;
}

const letters = ['a', 'b'];
const names = (length: number): string[] =>
  length === 0 ? [''] : names(length - 1).flatMap((name) => letters.map((letter) => name + letter));
/** Long enough for a name that two globs of up to two letters share, if there is one. */
const universe = [1, 2, 3, 4, 5].flatMap(names);
const literal = fc.stringMatching(/^[ab]{1,2}$/);
const glob = fc.oneof(
  fc.constant('*'),
  literal,
  literal.map((text) => `*${text}`),
  literal.map((text) => `${text}*`),
);

test('two globs overlap if and only if some name matches both', () => {
  fc.assert(
    fc.property(glob, glob, (left, right) => {
      const shared = universe.some((name) => matches(left, name) && matches(right, name));
      expect([left, right, overlaps(left, right)]).toEqual([left, right, shared]);
    }),
  );
});

test('one glob covers another if and only if every name that matches the narrow one matches the wide one', () => {
  fc.assert(
    fc.property(glob, glob, (wide, narrow) => {
      const all = universe.filter((name) => matches(narrow, name)).every((name) => matches(wide, name));
      expect([wide, narrow, covers(wide, narrow)]).toEqual([wide, narrow, all]);
    }),
  );
});

test('case makes no difference', () => {
  expect(overlaps('*.Example.com', 'api.EXAMPLE.com')).toBe(true);
  expect(covers('*.Example.com', 'api.EXAMPLE.com')).toBe(true);
});
