import { Definitions } from '../../src/model/definitions';
import { resolveSecretReference } from '../../src/model/references';
import { decodeAll } from './support/decode-text';

function definitionsOf(text: string): Definitions {
  return Definitions.from(decodeAll(text).flatMap(({ definition }) => definition ?? []));
}

const host = (name: string, namespace: string, ids?: string) => `
apiVersion: getambassador.io/v3alpha1
kind: Host
metadata: {name: ${name}, namespace: ${namespace}}
spec: {hostname: ${name}.example.com${ids === undefined ? '' : `, ambassador_id: ${ids}`}}
---`;
const secret = '\napiVersion: v1\nkind: Secret\nmetadata: {name: s}\n---';

describe('Definitions', () => {
  test('finds by kind, namespace and name, and lists in order', () => {
    const definitions = definitionsOf(`${host('b', 'two')}${host('a', 'two')}${host('c', 'one')}${secret}`);
    expect(definitions.of('Host').map(({ metadata }) => `${metadata.namespace}/${metadata.name}`)).toEqual([
      'one/c',
      'two/a',
      'two/b',
    ]);
    expect(definitions.find('Host', 'two', 'a')?.spec.hostname).toBe('a.example.com');
    expect(definitions.find('Host', 'one', 'a')).toBeUndefined();
    expect(definitions.find('TLSContext', 'two', 'a')).toBeUndefined();
    expect(definitions.of('Mapping')).toEqual([]);
    expect(definitions.diagnostics).toEqual([]);
  });

  test('the first of two with one name counts, and the second is told where the first is', () => {
    const definitions = definitionsOf(`${host('a', 'one')}${host('a', 'one', '[edge]')}${host('a', 'two')}`);
    expect(definitions.of('Host')).toHaveLength(2);
    expect(definitions.find('Host', 'one', 'a')?.ambassadorIds).toEqual(['default']);
    expect(definitions.diagnostics).toMatchObject([
      {
        code: 'CS1026',
        severity: 'error',
        subject: { kind: 'Host', namespace: 'one', name: 'a' },
        location: { file: 'in.yaml', line: 9 },
        related: [{ location: { file: 'in.yaml', line: 4 } }],
      },
    ]);
  });

  test('a node group has its own definitions, those of every group, and kinds without groups', () => {
    const definitions = definitionsOf(
      `${host('a', 'one')}${host('b', 'one', '[edge, inner]')}${host('c', 'one', '[_automatic_]')}${host('d', 'one', '[]')}${secret}`,
    );
    const names = (id: string) =>
      definitions
        .forGroup(id)
        .of('Host')
        .map(({ metadata }) => metadata.name);
    expect(names('default')).toEqual(['a', 'c', 'd']);
    expect(names('edge')).toEqual(['b', 'c']);
    expect(names('other')).toEqual(['c']);
    expect(definitions.forGroup('edge').find('Secret', 'default', 's')).toBeDefined();
    expect(definitions.groups()).toEqual(['default', 'edge', 'inner']);
  });
});

describe('resolveSecretReference', () => {
  test.each([
    ['certs', true, { namespace: 'own', name: 'certs' }],
    ['certs.other', true, { namespace: 'other', name: 'certs' }],
    ['a.b.other', true, { namespace: 'other', name: 'a.b' }],
    ['certs.other', false, { namespace: 'own', name: 'certs.other' }],
    ['.certs', true, { namespace: 'own', name: '.certs' }],
    ['certs.', true, { namespace: 'own', name: 'certs.' }],
  ])('%s, namespacing %s', (reference, namespacing, expected) => {
    expect(resolveSecretReference(reference, { namespace: 'own', namespacing })).toEqual(expected);
  });
});
