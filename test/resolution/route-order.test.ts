import { itemsAt } from '../../src/resolution/layout-memo';
import { inRouteOrder, routePlace } from '../../src/resolution/route-order';
import { definition } from '../support/decoded';

const mapping = (name: string, spec: object) => definition('Mapping', { service: 'x', prefix: '/', ...spec }, { name });

test.each([
  ['precedence before everything', { precedence: 1, prefix: '/' }, { prefix: '/very/long', headers: { a: 'b' } }],
  ['no precedence before a negative one', { prefix: '/' }, { precedence: -1, prefix: '/very/long' }],
  ['the longer prefix', { prefix: '/longer' }, { prefix: '/long', headers: { a: 'b' } }],
  ['more of headers', { headers: { a: 'bb' } }, { headers: { a: 'b' }, query_parameters: { many: 'more' } }],
  ['a hostname counts as a header', { hostname: 'a.test' }, { hostname: '*', query_parameters: { many: 'more' } }],
  ['more of query parameters', { query_parameters: { a: 'bb' } }, { query_parameters: { a: 'b' } }],
  ['the prefix that sorts later', { prefix: '/b' }, { prefix: '/a' }],
  ['a full name before a glob as long', { hostname: 'a.test' }, { hostname: '*.test' }],
  ['a full name before a glob at the end', { hostname: 'api.t' }, { hostname: 'api.*' }],
  ['the method that is longer', { method: 'POST' }, { method: 'GET' }],
  ['the method that sorts later', { method: 'POST' }, { method: 'HEAD' }],
  ['a method counts as a header', { method: 'GET' }, { headers: { a: 'bcd' } }],
  ['a hostname of everything counts too', { hostname: '*' }, { headers: { a: 'bcd' } }],
  ['a longer header before a hostname', { hostname: '*', headers: { a: 'bcd' } }, { hostname: 'a.b' }],
  ['a regular expression before the same text', { regex_headers: { a: 'b' } }, { headers: { a: 'b' } }],
  ['an empty value counts as *', { headers: { a: '' } }, {}],
  ['the header that sorts later', { headers: { b: 'a' } }, { headers: { a: 'b' } }],
  ['the query parameter that sorts later', { query_parameters: { b: 'a' } }, { query_parameters: { a: 'b' } }],
  [
    'header keys before query keys',
    { headers: { b: 'a' }, query_parameters: { a: 'a' } },
    { headers: { a: 'a' }, query_parameters: { b: 'a' } },
  ],
])('%s', (_what, first, second) => {
  const [a, b] = [mapping('z', first), mapping('a', second)];
  expect(itemsAt(inRouteOrder([a, b]), [a, b]).map(({ metadata }) => metadata.name)).toEqual(['z', 'a']);
  expect(itemsAt(inRouteOrder([b, a]), [b, a]).map(({ metadata }) => metadata.name)).toEqual(['z', 'a']);
});

test('what is left is decided by namespace and name, not by the order of reading', () => {
  const all = ['c', 'a', 'b'].map((name) => mapping(name, {}));
  expect(itemsAt(inRouteOrder(all), all).map(({ metadata }) => metadata.name)).toEqual(['a', 'b', 'c']);
});

test.each([
  ['service', { service: 'y' }, true],
  ['weight', { weight: 10 }, true],
  ['tls', { tls: 'x' }, true],
  ['rewrite', { rewrite: '/x' }, true],
  // Ambassador's `:method` is one of the headers, so GET and none at all differ.
  ['GET', { method: 'GET' }, false],
  ['prefix', { prefix: '/x' }, false],
  ['method', { method: 'POST' }, false],
  ['exactness', { prefix_exact: true }, true],
  ['a regular expression of the same text', { prefix_regex: true }, true],
  ['case', { case_sensitive: false }, true],
  ['headers', { headers: { a: 'b' } }, false],
  ['query parameters', { query_parameters: { a: 'b' } }, false],
  ['hostname', { hostname: 'b.test' }, false],
  ['the case of the hostname', { hostname: 'A.test' }, true],
  ['precedence', { precedence: 1 }, false],
])('Mappings that differ in %s share a match: %#', (_what, spec, expected) => {
  const base = mapping('a', { hostname: 'a.test' });
  const other = mapping('b', { hostname: 'a.test', ...spec });
  expect(routePlace(other).group === routePlace(base).group).toBe(expected);
});

test('an exact header and a regular expression of the same text share a match, and are told apart', () => {
  const exact = routePlace(mapping('a', { headers: { a: 'b' } }));
  const regex = routePlace(mapping('b', { regex_headers: { a: 'b' } }));
  expect(regex.group).toBe(exact.group);
  expect([exact.expressions, regex.expressions]).toEqual(['0', '1']);
});
