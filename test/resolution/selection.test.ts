import type { Document } from '../../src/model/document';
import { fieldsSelected, parseFieldSelector } from '../../src/resolution/field-selector';
import { labelsSelected, parseLabelSelector } from '../../src/resolution/label-selector';
import { type Selection, select } from '../../src/resolution/selection';
import { readDocuments } from '../../src/sources/yaml/read-documents';

// Which definitions are read at all. The grammar is Kubernetes’ ("Labels and Selectors", "Field Selectors").

function labels(text: string) {
  const parsed = parseLabelSelector(text);
  if (!parsed.ok) throw new Error(parsed.problem);
  return parsed.selector;
}

const LABELS = { app: 'shop', tier: 'web', 'example.com/team': 'a', empty: '' };

test.each([
  ['app=shop', true],
  ['app==shop', true],
  ['app = shop', true],
  ['app=other', false],
  ['missing=shop', false],
  ['app!=other', true],
  ['app!=shop', false],
  ['missing!=shop', true],
  ['app in (shop,other)', true],
  ['app in ( other )', false],
  ['missing in (a)', false],
  ['tier notin (web, api)', false],
  ['tier notin (api)', true],
  ['missing notin (a)', true],
  ['app', true],
  ['missing', false],
  ['!missing', true],
  ['!app', false],
  ['example.com/team=a', true],
  ['empty=', true],
  ['app=', false],
  ['app in (shop,other),tier!=api, !missing', true],
  ['app in (shop,other),tier=api', false],
])('%s: %s', (text, expected) => {
  expect(labelsSelected(labels(text), LABELS)).toBe(expected);
});

test.each(['', 'app=a b', 'app in shop', 'app in (a', '=x', 'app=x,', 'app>1', 'a/b/c', 'app in ((a))', '!app=x'])(
  'no label selector: %j',
  (text) => {
    expect(parseLabelSelector(text)).toMatchObject({
      ok: false,
      problem: expect.stringContaining('is no requirement'),
    });
  },
);

test.each([
  ['metadata.namespace=a', true],
  ['metadata.namespace!=a', false],
  ['metadata.name==n,metadata.namespace=a', true],
  ['metadata.name!=n', false],
])('%s: %s', (text, expected) => {
  const parsed = parseFieldSelector(text);
  expect(parsed.ok && fieldsSelected(parsed.selector, { name: 'n', namespace: 'a' })).toBe(expected);
});

test.each(['', 'status.phase=Running', 'metadata.name', 'metadata.name in (a)'])('no field selector: %j', (text) => {
  expect(parseFieldSelector(text)).toMatchObject({ ok: false });
});

const documents = readDocuments(
  'in.yaml',
  Buffer.from(`
{apiVersion: getambassador.io/v3alpha1, kind: Mapping, metadata: {name: here, labels: {app: shop}}}
---
{apiVersion: getambassador.io/v3alpha1, kind: Mapping, metadata: {name: there, namespace: there, labels: {app: shop}}}
---
{apiVersion: v1, kind: Secret, metadata: {name: secret, namespace: there}}
---
{apiVersion: networking.k8s.io/v1, kind: IngressClass, metadata: {name: class, labels: {app: shop}}}
---
apiVersion: v1
kind: Service
metadata:
  name: service
  namespace: there
  labels: {app: other}
  annotations:
    getambassador.io/config: |
      apiVersion: getambassador.io/v2
      kind: Mapping
      name: embedded
      namespace: default
      metadata_labels: {app: shop}
`),
).documents;

function names(selected: readonly Document[]): readonly string[] {
  return selected.map(({ value }) => (value as { metadata: { name: string } }).metadata.name);
}

test.each<[string, Selection, readonly string[], string | undefined]>([
  ['nothing', {}, ['here', 'there', 'secret', 'class', 'service', 'embedded'], undefined],
  [
    'one namespace',
    { namespace: 'default' },
    ['here', 'class'],
    '4 of 6 definitions are not read: 4 of other namespaces',
  ],
  [
    'one namespace, where an annotation claims another',
    { namespace: 'there' },
    ['there', 'secret', 'class', 'service'],
    '2 of 6 definitions are not read: 2 of other namespaces',
  ],
  [
    'one namespace for Secrets',
    { secretNamespace: 'default' },
    ['here', 'there', 'class', 'service', 'embedded'],
    '1 of 6 definitions is not read: 1 of other namespaces',
  ],
  [
    'labels, Secrets and Services included',
    { labels: labels('app=shop') },
    ['here', 'there', 'class'],
    '3 of 6 definitions are not read: 3 not selected by their labels',
  ],
  [
    'labels and a namespace',
    { labels: labels('app'), namespace: 'default' },
    ['here', 'class'],
    '4 of 6 definitions are not read: 3 of other namespaces, 1 not selected by their labels',
  ],
])('%s', (_what, selection, expected, message) => {
  const { documents: selected, diagnostics } = select(documents, selection);
  expect(names(selected)).toEqual(expected);
  expect(diagnostics).toMatchObject(message === undefined ? [] : [{ code: 'CS1034', severity: 'info', message }]);
});

test('without a restriction the list is the same object', () => {
  expect(select(documents, undefined).documents).toBe(documents);
});

test.each(['labels: shop', 'labels: {app: 1}', 'labels: [app]'])(
  'what has %s may be meant by a label selector, and is read to be refused',
  (metadata) => {
    const text = `apiVersion: getambassador.io/v3alpha1\nkind: AuthService\nmetadata: {name: a, ${metadata}}\n`;
    const { documents: read } = readDocuments('in.yaml', Buffer.from(text));
    expect(select(read, { labels: labels('app=shop') }).documents).toEqual(read);
  },
);
