import { hostnameOf, listenerBinds, mappingAttaches, mappingHostname } from '../../src/resolution/attachment';
import { definition } from '../support/decoded';

const mapping = (spec: object, labels: Readonly<Record<string, string>> = {}) =>
  definition('Mapping', { prefix: '/', service: 'x', ...spec }, { labels });
const host = (spec: object, metadata: object = {}) => definition('Host', spec, metadata);

test('a Host answers for everything unless it says otherwise', () => {
  expect(hostnameOf(host({}))).toBe('*');
  expect(hostnameOf(host({ hostname: 'a.test' }))).toBe('a.test');
});

test.each([
  [{ hostname: 'a', host: 'b', headers: { ':authority': 'c' } }, 'a'],
  [{ host: 'b', headers: { ':authority': 'c' } }, 'b'],
  [{ host: 'b.*', host_regex: true, headers: { ':authority': 'c' } }, undefined],
  [{ headers: { ':authority': 'c' } }, 'c'],
  [{ headers: { ':Authority': 'c' } }, 'c'],
  [{}, undefined],
])('the hostname of a Mapping with %j', (spec, expected) => {
  expect(mappingHostname(mapping(spec).spec)).toBe(expected);
});

const SELECTOR = { mappingSelector: { matchLabels: { team: 'pay', tier: 'web' } } };
const LABELS = { team: 'pay', tier: 'web', other: 'x' };

test.each([
  ['neither selector nor hostname', {}, {}, {}, false],
  ['hostname alone, overlapping', { hostname: '*.a.test' }, {}, { hostname: 'x.a.test' }, true],
  ['hostname alone, not overlapping', { hostname: '*.a.test' }, {}, { hostname: 'x.b.test' }, false],
  ['selector alone, all labels match', {}, LABELS, SELECTOR, true],
  ['selector alone, one label missing', {}, { team: 'pay' }, SELECTOR, false],
  ['both, both match', { hostname: 'a.test' }, LABELS, { hostname: 'a.test', ...SELECTOR }, true],
  ['both, only the hostname matches', { hostname: 'a.test' }, {}, { hostname: 'a.test', ...SELECTOR }, false],
  ['both, only the labels match', { hostname: 'b.test' }, LABELS, { hostname: 'a.test', ...SELECTOR }, false],
  ['the deprecated selector', {}, LABELS, { selector: SELECTOR.mappingSelector }, true],
  ['host_regex, any Host', { host: '.*', host_regex: true }, {}, { hostname: 'a.test' }, true],
  ['host_regex, labels missing', { host: '.*', host_regex: true }, {}, SELECTOR, false],
] as const)('a Mapping attaches: %s', (_what, spec, labels, hostSpec, expected) => {
  expect(mappingAttaches(mapping(spec, labels), host(hostSpec))).toBe(expected);
});

test.each([
  ['any namespace', { namespace: { from: 'ALL' } }, true],
  ['its own namespace only', { namespace: { from: 'SELF' } }, false],
  ['labels that match', { selector: { matchLabels: { exposed: 'yes' } } }, true],
  ['labels that do not', { selector: { matchLabels: { exposed: 'no' } } }, false],
  [
    'any namespace, labels that match',
    { namespace: { from: 'ALL' }, selector: { matchLabels: { exposed: 'yes' } } },
    true,
  ],
  [
    'its own namespace, labels that match',
    { namespace: { from: 'SELF' }, selector: { matchLabels: { exposed: 'yes' } } },
    false,
  ],
  ['nothing at all', {}, false],
])('a Listener binds a Host of another namespace: %s', (_what, hostBinding, expected) => {
  const listener = definition('Listener', { port: 1, protocol: 'HTTP', securityModel: 'XFP', hostBinding });
  const elsewhere = host({}, { namespace: 'team', labels: { exposed: 'yes' } });
  expect(listenerBinds(listener, elsewhere)).toBe(expected);
});

test('a Listener of the same namespace binds by SELF', () => {
  const spec = { port: 1, protocol: 'HTTP', securityModel: 'XFP', hostBinding: { namespace: { from: 'SELF' } } };
  expect(listenerBinds(definition('Listener', spec, { namespace: 'team' }), host({}, { namespace: 'team' }))).toBe(
    true,
  );
});
