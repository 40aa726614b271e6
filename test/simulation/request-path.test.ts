import { normalisedPath } from '../../src/simulation/request-path';

// As a real Envoy 1.40 with `normalize_path` handed these paths on to its upstream.

test.each([
  ['/a/./b', '/a/b'],
  ['/a/../b', '/b'],
  ['/a/%2e%2E/b', '/b'],
  ['/a/.%2e', '/'],
  ['/..', '/'],
  ['/../..', '/'],
  ['/a/..', '/'],
  ['/a/.', '/a/'],
  ['/a/%2e', '/a/'],
  ['/a\\b', '/a/b'],
  ['/a\\..\\c', '/c'],
  ['/a/..b', '/a/..b'],
  ['/a/b/..?x=../y', '/a/?x=../y'],
  ['//a//b', '//a//b'],
  ['/a//../b', '/a/b'],
  ['/a/...', '/a/...'],
  ['/...%2e/', '/..../'],
  ['/%zz', '/%zz'],
  ['/%2', '/%2'],
  ['/%', '/%'],
  ['/%2f..%2f', '/%2f..%2f'],
  ['/a%2fb/..', '/'],
  ['/%5c..', '/%5c..'],
  ['/%41%7e%2d', '/A~-'],
  ['/x"<>^`{|}', '/x%22%3C%3E%5E%60%7B%7C%7D'],
  ['/x?%41"', '/x?%41"'],
])('%s becomes %s', (path, expected) => {
  expect(normalisedPath(path)).toBe(expected);
});

test.each(['/%00', '/x#y', '/x?y#z', '/é', '/a b', '*', 'x', '?x'])('%s is refused with 400', (path) => {
  expect(normalisedPath(path)).toBeUndefined();
});

test.each([
  ['/a//b', '/a/b'],
  ['//a', '/a'],
  ['/a//', '/a/'],
  ['/', '/'],
  ['//', '//'],
  ['/\\?x', '//?x'],
  ['////', '//'],
])('%s becomes %s where slashes are merged', (path, expected) => {
  expect(normalisedPath(path, { mergeSlashes: true, rejectEscapedSlashes: false })).toBe(expected);
});
