import { expand } from '../../src/expansion/expand';
import { pathMatch } from '../../src/expansion/ingress-path';
import { decode } from '../../src/model/decode';
import { type AnyDefinition, type Decoded, keyOf, subjectOf } from '../../src/model/definition';
import { Definitions } from '../../src/model/definitions';
import { withDefaults } from '../../src/resolution/defaults';
import { withoutRedundantHosts } from '../../src/resolution/ingress-hosts';
import { Quarantine } from '../../src/resolution/quarantine';
import { readDocuments } from '../../src/sources/yaml/read-documents';

// Which Ingresses are read, what they become, and that what did not change stays the same object.

const CLASS = `
apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata: {name: edge, annotations: {}}
spec: {controller: getambassador.io/ingress-controller}
`;
const BACKEND = '{service: {name: s, port: {name: http}}}';
const SERVICE = `
apiVersion: v1
kind: Service
metadata: {name: s}
spec: {ports: [{name: http, port: 8080}]}
`;

function ingress(spec: string, annotations = '{}', name = 'shop'): string {
  return `
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: ${name}, annotations: ${annotations}}
spec: ${spec}
`;
}

function read(...texts: string[]): readonly Decoded[] {
  return readDocuments('in.yaml', Buffer.from(texts.join('---'))).documents.map(decode);
}

function expanded(decoded: readonly Decoded[], lastGood: ReadonlyMap<string, AnyDefinition> = new Map()) {
  const all = expand(decoded, lastGood, { classes: true });
  const made = all.flatMap(({ definition }) => (definition?.madeFrom === undefined ? [] : definition));
  return { all, made, findings: all.flatMap(({ diagnostics }) => diagnostics) };
}

const withDefault = (text: string) => `{ingressClassName: edge, defaultBackend: ${text}}`;

describe('an Ingress is ours', () => {
  test.each([
    ['by its class', CLASS, '{ingressClassName: edge}', '{}', ['default']],
    ['by the annotation', '', '{}', '{kubernetes.io/ingress.class: ambassador}', ['default']],
    ['by the annotation in capitals', '', '{}', '{kubernetes.io/ingress.class: Ambassador}', ['default']],
    [
      'in the node group of both',
      CLASS.replace('annotations: {}', 'annotations: {getambassador.io/ambassador-id: one}'),
      '{ingressClassName: edge}',
      '{getambassador.io/ambassador-id: one}',
      ['one'],
    ],
    [
      'in the node group of the Ingress, where the class is everybody’s',
      CLASS.replace('annotations: {}', 'annotations: {getambassador.io/ambassador-id: _automatic_}'),
      '{ingressClassName: edge}',
      '{getambassador.io/ambassador-id: one}',
      ['one'],
    ],
    [
      'by the annotation, in its node group',
      '',
      '{}',
      '{kubernetes.io/ingress.class: ambassador, getambassador.io/ambassador-id: " two "}',
      ['two'],
    ],
  ])('%s', (_how, definitions, spec, annotations, ids) => {
    const { made } = expanded(
      read(SERVICE, definitions || SERVICE, ingress(spec.replace('{', `{defaultBackend: ${BACKEND}, `), annotations)),
    );
    expect(made.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual(['Mapping shop-default-backend']);
    expect(made[0]?.ambassadorIds).toEqual(ids);
    expect(made[0]?.spec).toMatchObject({ service: 's.default:8080', prefix: '/', rewrite: '', precedence: -1 });
    expect(made[0]?.madeFrom).toEqual({ kind: 'Ingress', namespace: 'default', name: 'shop' });
  });

  test.each([
    ['{}', '{}', 'info', 'it names no class'],
    ['{}', '{kubernetes.io/ingress.class: nginx}', 'info', 'its class is nginx'],
    ['{ingressClassName: nginx}', '{}', 'info', 'its class nginx is not among the definitions'],
    ['{ingressClassName: ambassador}', '{}', 'warning', 'its class ambassador is not among the definitions'],
    [
      '{ingressClassName: edge}',
      '{getambassador.io/ambassador-id: x}',
      'warning',
      'its class edge has another ambassador-id',
    ],
    // Whatever is wrong with somebody else's is none of our business.
    ['{ingressClassName: nginx, rules: 3}', '{}', 'info', 'its class nginx is not among the definitions'],
  ])('not with %s and %s', (spec, annotations, severity, reason) => {
    const { made, findings } = expanded(read(CLASS, ingress(spec, annotations)));
    expect(made).toEqual([]);
    expect(findings).toMatchObject([{ code: 'CS1030', severity, message: `Ingress "shop" is not read: ${reason}` }]);
  });

  test('not by its class where classes are not looked up', () => {
    const all = expand(read(CLASS, ingress('{ingressClassName: edge}')), new Map(), { classes: false });
    expect(all.flatMap(({ diagnostics }) => diagnostics)).toMatchObject([{ code: 'CS1030' }]);
  });
});

test.each([
  ['extensions/v1beta1', '{kubernetes.io/ingress.class: ambassador}', 'error'],
  ['networking.k8s.io/v1beta1', '{kubernetes.io/ingress.class: ambassador}', 'error'],
  ['networking.k8s.io/v1beta1', '{kubernetes.io/ingress.class: nginx}', 'info'],
])('%s with %s: %s', (apiVersion, annotations, severity) => {
  const text = ingress('{}', annotations).replace('networking.k8s.io/v1', apiVersion);
  expect(read(text)).toMatchObject([{ diagnostics: [{ code: 'CS1011', severity }] }]);
});

test('what did not change is the same object, and a Service by name counts', () => {
  const texts = [CLASS, ingress(withDefault(BACKEND)), SERVICE];
  const first = read(...texts);
  const before = expanded(first).made;
  expect(expanded(first).made[0]).toBe(before[0]);
  const moved = [...first.slice(0, 2), ...read(SERVICE.replace('8080', '9090'))];
  const after = expanded(moved).made;
  expect(after[0]).not.toBe(before[0]);
  expect(after[0]?.spec).toMatchObject({ service: 's.default:9090' });
  const plain = read(SERVICE);
  expect(expand(plain, new Map(), { classes: true })).toBe(plain);
});

test('an Ingress that is wrong as a whole stands for what it stood for', () => {
  const good = read(CLASS, ingress(withDefault(BACKEND)), SERVICE);
  const lastGood = new Map(
    good.flatMap(({ definition }) =>
      definition === undefined ? [] : [[keyOf(subjectOf(definition)), definition] as const],
    ),
  );
  const bad = read(CLASS, ingress('{ingressClassName: edge, rules: 3}'), SERVICE);
  expect(expanded(bad, lastGood).made.map(({ metadata }) => metadata.name)).toEqual(['shop-default-backend']);
  const { made, findings } = expanded(bad);
  expect(made).toEqual([]);
  expect(findings).toMatchObject([{ code: 'CS1023', subject: { kind: 'Ingress', name: 'shop' } }]);
});

test('one that is wrong and never was right keeps the cleartext Host away that would stand for none', () => {
  const quarantine = new Quarantine();
  expect(withDefaults(Definitions.from([]), quarantine).of('Host')).toHaveLength(1);
  const [finding] = expanded(read(CLASS, ingress('{ingressClassName: edge, rules: 3}'))).findings;
  if (finding !== undefined) quarantine.add({ diagnostic: finding });
  expect(withDefaults(Definitions.from([]), quarantine).of('Host')).toHaveLength(0);
});

describe('Hosts for one name', () => {
  const tls = (secretName: string) => `{ingressClassName: edge, tls: [{hosts: [a.test], secretName: ${secretName}}]}`;
  const written = `
apiVersion: getambassador.io/v3alpha1
kind: Host
metadata: {name: zz-written}
spec: {hostname: A.test}
`;
  const names = (...texts: string[]) => {
    const { all } = expanded(read(CLASS, ...texts));
    const definitions = Definitions.from(all.flatMap(({ definition }) => definition ?? []));
    return withoutRedundantHosts(definitions)
      .definitions.of('Host')
      .map(({ metadata }) => metadata.name);
  };

  test('with the same certificate are one', () => {
    expect(names(ingress(tls('x'), '{}', 'one'), ingress(tls('x'), '{}', 'two'))).toEqual(['one-0-0']);
  });

  test('with different certificates stay, to be complained of', () => {
    expect(names(ingress(tls('x'), '{}', 'one'), ingress(tls('y'), '{}', 'two'))).toEqual(['one-0-0', 'two-0-0']);
  });

  test('give way to one that somebody wrote', () => {
    expect(names(ingress(tls('x'), '{}', 'one'), written)).toEqual(['zz-written']);
  });
});

test.each([
  ['/', 'Prefix', { prefix: '/' }],
  ['//', 'Prefix', { prefix: '/' }],
  ['/a', 'Prefix', { prefix: '/a', path_separated: true }],
  ['/a/', 'Prefix', { prefix: '/a', path_separated: true }],
  ['/a/b//', 'Prefix', { prefix: '/a/b', path_separated: true }],
  ['/a/', 'Exact', { prefix: '/a/', prefix_exact: true, precedence: 1 }],
  ['/a', 'ImplementationSpecific', { prefix: '/a' }],
  [undefined, undefined, { prefix: '/' }],
])('%s of type %s', (path, pathType, match) => {
  expect(pathMatch(path, pathType)).toEqual({ match });
});
