import type { Definition } from '../../src/model/definition';
import { Definitions } from '../../src/model/definitions';
import { KIND_MODELS, KINDS } from '../../src/model/kinds';
import { decodeOne } from './support/decode-text';

// Which node groups a definition belongs to (Ambassador, "AMBASSADOR_ID").

const ours = KINDS.filter((kind) => KIND_MODELS[kind].strict);

/** Decodes a definition of a kind with only an ambassador_id; what else it may lack does not matter here. */
function idsOf(kind: string, ambassadorId: string, version = 'v3alpha1'): Definition['ambassadorIds'] {
  const name = kind === 'Module' ? 'ambassador' : 'it';
  const required: Readonly<Record<string, string>> = {
    Mapping: 'prefix: /, service: s, ',
    TCPMapping: 'port: 1, service: s, ',
    Listener: 'port: 1, protocol: HTTP, securityModel: XFP, hostBinding: {namespace: {from: ALL}}, ',
    AuthService: 'auth_service: s, ',
    RateLimitService: 'service: s, ',
    LogService: 'service: s, driver: http, ',
    TracingService: 'service: s, driver: zipkin, ',
  };
  const { definition, diagnostics } = decodeOne(
    `apiVersion: getambassador.io/${version}\nkind: ${kind}\nmetadata: {name: ${name}}\n` +
      `spec: {${required[kind] ?? ''}ambassador_id: ${ambassadorId}}\n`,
  );
  if (definition === undefined) throw new Error(diagnostics.map(({ message }) => message).join());
  return definition.ambassadorIds;
}

describe.each(ours)('%s', (kind) => {
  test.each([
    ['[edge]', ['edge']],
    ['[edge, default]', ['edge', 'default']],
    ['[]', ['default']],
    ['[_automatic_]', ['_automatic_']],
    ['[Edge]', ['Edge']],
  ])('ambassador_id: %s', (text, expected) => {
    expect(idsOf(kind, text)).toEqual(expected);
  });

  test('as one text in v2, and only there', () => {
    expect(idsOf(kind, 'edge', 'v2')).toEqual(['edge']);
    expect(idsOf(kind, '_automatic_', 'v2')).toEqual(['_automatic_']);
    expect(() => idsOf(kind, 'edge')).toThrow('must be a list');
  });
});

test('groups: by any element, case counts, _automatic_ is in every one and makes none', () => {
  const text = (name: string, ids: string) =>
    decodeOne(
      `apiVersion: getambassador.io/v3alpha1\nkind: KubernetesServiceResolver\nmetadata: {name: ${name}}\nspec: {ambassador_id: ${ids}}\n`,
    ).definition ?? [];
  const definitions = Definitions.from(
    [text('a', '[x, y]'), text('b', '[X]'), text('c', '[y, _automatic_]'), text('d', '[]')].flat(),
  );
  expect(definitions.groups()).toEqual(['X', 'default', 'x', 'y']);
  const names = (group: string) => definitions.forGroup(group).all.map(({ metadata }) => metadata.name);
  expect(names('x')).toEqual(['a', 'c']);
  expect(names('X')).toEqual(['b', 'c']);
  expect(names('default')).toEqual(['c', 'd']);
});
