import { matchesWhole, replaceAll } from '../../src/simulation/regular-expression';

test.each([
  ['/a|/ab', '/ab', true],
  ['/a', '/ab', false],
  ['a', '/a', false],
  ['(?i)/A', '/a', true],
])('%s matches all of %s: %p', (pattern, text, expected) => {
  expect(matchesWhole(pattern, text)).toBe(expected);
});

// RE2’s own tests of GlobalReplace say the same.
test.each([
  ['ababababab', 'b', 'bb', 'abbabbabbabbabb'],
  ['ababababab', 'b*', 'bb', 'bbabbabbabbabbabb'],
  ['aaa', 'a*', '-', '-'],
  ['bac', 'a*', '-', '-b-c-'],
  ['/x/1/2', '[0-9]', 'N', '/x/N/N'],
  ['/a/b/c', '/(\\w+)/(\\w+)', '/\\2/\\1', '/b/a/c'],
  ['/a', '(a)|(b)', '[\\0\\1\\2\\\\]', '/[aa\\]'],
  ['/a', '$', '!', '/a!'],
])('in %s, each %s becomes %s: %s', (text, pattern, substitution, expected) => {
  expect(replaceAll(text, pattern, substitution)).toBe(expected);
});
