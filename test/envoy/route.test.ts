import { route } from '../../src/envoy/route';
import type { RouteAction } from '../../src/ir/route-configuration';
import { aRoute, json } from './pieces';

const NAME = 'envoy.config.route.v3.Route';
const FORWARD: RouteAction = { type: 'forward', cluster: 'one', timeoutMs: 3000 };

test('a forward', () => {
  expect(json(NAME, route(aRoute(FORWARD)))).toEqual({
    match: { prefix: '/' },
    route: { cluster: 'one', timeout: '3s' },
  });
});

test('no timeout, an idle timeout, a rewrite and another host', () => {
  const action: RouteAction = {
    ...FORWARD,
    timeoutMs: 0,
    idleTimeoutMs: 90_500,
    rewrite: { type: 'prefix', value: '/new' },
    hostRewrite: { type: 'literal', value: 'one.example' },
  };
  expect(json(NAME, route(aRoute(action)))).toMatchObject({
    route: {
      cluster: 'one',
      timeout: '0s',
      idle_timeout: '90.500s',
      prefix_rewrite: '/new',
      host_rewrite_literal: 'one.example',
    },
  });
});

test('a rewrite by regular expression, and the host of the upstream', () => {
  const rewrite = { type: 'regex', pattern: '^/(a)', substitution: '/\\1' } as const;
  expect(json(NAME, route(aRoute({ ...FORWARD, rewrite, hostRewrite: { type: 'auto' } })))).toMatchObject({
    route: { regex_rewrite: { pattern: { regex: '^/(a)' }, substitution: '/\\1' }, auto_host_rewrite: true },
  });
});

test.each([
  [{ type: 'prefix', value: '/a', caseSensitive: true }, { prefix: '/a' }],
  [
    { type: 'prefix', value: '/a', caseSensitive: false },
    { prefix: '/a', case_sensitive: false },
  ],
  [{ type: 'exact', value: '/a', caseSensitive: true }, { path: '/a' }],
  [{ type: 'regex', value: '/a.*' }, { safe_regex: { regex: '/a.*' } }],
] as const)('path %j', (path, match) => {
  expect(json(NAME, route(aRoute(FORWARD, { path })))).toMatchObject({ match });
});

test('headers, query parameters and a share of the requests', () => {
  const matchers = [
    { name: ':method', match: 'exact', value: 'GET' },
    { name: 'a', match: 'prefix', value: 'p' },
    { name: 'b', match: 'suffix', value: 's' },
    { name: 'c', match: 'regex', value: 'r+' },
    { name: 'd', match: 'present', value: '' },
  ] as const;
  const expected = [
    { name: ':method', string_match: { exact: 'GET' } },
    { name: 'a', string_match: { prefix: 'p' } },
    { name: 'b', string_match: { suffix: 's' } },
    { name: 'c', string_match: { safe_regex: { regex: 'r+' } } },
    { name: 'd', present_match: true },
  ];
  const message = json(NAME, route(aRoute(FORWARD, { headers: matchers, queryParameters: matchers, percentage: 25 })));
  expect(message).toMatchObject({
    match: { headers: expected, query_parameters: expected, runtime_fraction: { default_value: { numerator: 25 } } },
  });
});

test('a share that is no whole percentage', () => {
  expect(json(NAME, route(aRoute(FORWARD, { percentage: 33.3333 })))).toMatchObject({
    match: { runtime_fraction: { default_value: { numerator: 333333, denominator: 'MILLION' } } },
  });
});

test.each([
  [
    { type: 'redirect', scheme: 'https', status: 301 },
    { https_redirect: true, response_code: 'MOVED_PERMANENTLY' },
  ],
  [
    { type: 'redirect', host: 'a:81', path: { type: 'path', value: '/x' }, status: 302 },
    { host_redirect: 'a:81', path_redirect: '/x', response_code: 'FOUND' },
  ],
  [
    { type: 'redirect', path: { type: 'prefix', value: '/x' }, status: 303 },
    { prefix_rewrite: '/x', response_code: 'SEE_OTHER' },
  ],
  [
    { type: 'redirect', path: { type: 'regex', pattern: 'a', substitution: 'b' }, status: 307 },
    { regex_rewrite: { pattern: { regex: 'a' }, substitution: 'b' }, response_code: 'TEMPORARY_REDIRECT' },
  ],
  [
    { type: 'redirect', host: 'a', status: 308 },
    { host_redirect: 'a', response_code: 'PERMANENT_REDIRECT' },
  ],
] as const)('%j', (action, redirect) => {
  expect(json(NAME, route(aRoute(action)))).toMatchObject({ redirect });
});

test('a direct response, with and without a body', () => {
  expect(json(NAME, route(aRoute({ type: 'direct_response', status: 503, body: 'out\n' })))).toMatchObject({
    direct_response: { status: 503, body: { inline_string: 'out\n' } },
  });
  expect(json(NAME, route(aRoute({ type: 'direct_response', status: 404, body: '' })))).toEqual({
    match: { prefix: '/' },
    direct_response: { status: 404 },
  });
});

test('headers are added, replaced and removed', () => {
  const requestHeaders = {
    add: [
      { name: 'a', value: '1', append: true },
      { name: 'b', value: '2', append: false },
    ],
    remove: ['c'],
  };
  const options = [
    { header: { key: 'a', value: '1' } },
    { header: { key: 'b', value: '2' }, append_action: 'OVERWRITE_IF_EXISTS_OR_ADD' },
  ];
  const message = json(NAME, route(aRoute(FORWARD, {}, { requestHeaders, responseHeaders: requestHeaders })));
  expect(message).toMatchObject({
    request_headers_to_add: options,
    request_headers_to_remove: ['c'],
    response_headers_to_add: options,
    response_headers_to_remove: ['c'],
  });
});
