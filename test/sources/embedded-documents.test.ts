import { decode } from '../../src/model/decode';
import { readDocuments } from '../../src/sources/yaml/read-documents';

// Definitions in the annotation getambassador.io/config, and where they are said to stand.

function read(text: string) {
  const file = readDocuments('in.yaml', Buffer.from(text));
  const [, ...embedded] = file.documents;
  return { file, embedded, decoded: embedded.map(decode) };
}

function annotated(annotation: string, holder = 'apiVersion: v1\nkind: Service'): string {
  return `${holder}
metadata:
  name: quote
  namespace: shop
  labels: {a: b}
  annotations:
    getambassador.io/config: ${annotation}
spec: {ports: [{port: 80}]}
`;
}

const FLAT = `|
      ---
      apiVersion: ambassador/v2
      kind: Mapping
      name: quote_mapping
      prefix: /quote/
      service: quote
      ---
      apiVersion: getambassador.io/v3alpha1
      kind: Mapping
      name: other
      namespace: elsewhere
      metadata_labels:
        c: d
      hostname: a.test
      prefix: /other/
      service: quote
`;

test('flat keys belong to metadata and spec; namespace and labels are the holder’s unless they are given', () => {
  const { decoded } = read(annotated(FLAT));
  expect(decoded.flatMap(({ diagnostics }) => diagnostics)).toEqual([]);
  expect(decoded.map(({ definition }) => [definition?.metadata, definition?.spec, definition?.madeFrom])).toEqual([
    [
      { name: 'quote_mapping', namespace: 'shop', labels: { a: 'b' }, annotations: {} },
      { prefix: '/quote/', service: 'quote', hostname: '*' },
      { kind: 'Service', namespace: 'shop', name: 'quote' },
    ],
    [
      { name: 'other', namespace: 'elsewhere', labels: { c: 'd' }, annotations: {} },
      { prefix: '/other/', service: 'quote', hostname: 'a.test' },
      { kind: 'Service', namespace: 'shop', name: 'quote' },
    ],
  ]);
});

test('in a literal block, positions are those of its lines', () => {
  const { decoded } = read(annotated(FLAT));
  const [first, second] = decoded.map(({ definition }) => definition);
  const excerpt = '      prefix: /quote/';
  expect(first?.at(['spec', 'prefix'])).toEqual({ file: 'in.yaml', line: 13, column: 15, endColumn: 22, excerpt });
  expect(first?.at(['spec', 'prefix'], 'key')).toMatchObject({ line: 13, column: 7 });
  expect(first?.at(['metadata', 'name'])).toMatchObject({ line: 12, column: 13 });
  expect(first?.at(['spec', 'missing'])).toMatchObject({ line: 10, column: 7 });
  expect(second?.at(['metadata', 'labels', 'c'])).toMatchObject({ line: 21, column: 12 });
  expect(second?.at(['metadata', 'namespace'])).toMatchObject({ line: 19, column: 18 });
});

test.each([
  [
    'with an indentation indicator',
    '|2\n      apiVersion: ambassador/v2\n      kind: Mapping\n      name: a\n',
    11,
    13,
  ],
  [
    'that strips its end, after empty lines',
    '|-\n\n\n      apiVersion: ambassador/v2\n      kind: Mapping\n      name: a',
    13,
    13,
  ],
])('a literal block %s', (_how, annotation, line, column) => {
  const [decoded] = read(annotated(annotation)).decoded;
  expect(decoded?.diagnostics).toMatchObject([{ code: 'CS1022' }, { code: 'CS1022' }]);
  const [document] = read(annotated(annotation)).embedded;
  expect(document?.locate(['metadata', 'name'])).toMatchObject({ line, column });
});

test('in the items of a List', () => {
  const items = annotated(FLAT)
    .split('\n')
    .map((line) => `    ${line}`)
    .join('\n')
    .replace('    ', '  - ');
  const [, document] = readDocuments('in.yaml', Buffer.from(`apiVersion: v1\nkind: List\nitems:\n${items}`)).documents;
  expect(document?.locate(['spec', 'prefix'])).toMatchObject({ line: 16, column: 19 });
});

test.each([
  ['a folded block', '>\n      {apiVersion: ambassador/v2, kind: Mapping, name: a,\n      prefix: /, service: s}\n'],
  ['quotes', '"{apiVersion: ambassador/v2, kind: Mapping, name: a, prefix: /, service: s}"'],
])('in %s, positions are those of the annotation', (_how, annotation) => {
  const [decoded] = read(annotated(annotation)).decoded;
  expect(decoded?.diagnostics).toEqual([]);
  expect(decoded?.definition?.at(['spec', 'prefix'])).toMatchObject({ line: 8, column: 30 });
});

test.each([
  ['an Ingress', 'apiVersion: networking.k8s.io/v1\nkind: Ingress', 2],
  ['a Service of another group', 'apiVersion: serving.knative.dev/v1\nkind: Service', 0],
  ['a ConfigMap', 'apiVersion: v1\nkind: ConfigMap', 0],
])('on %s', (_on, holder, count) => {
  expect(read(annotated(FLAT, holder)).embedded).toHaveLength(count);
});

test.each([
  ['CS1004', '|\n      a: [\n', 9],
  ['CS1005', `|\n      a: ${'['.repeat(70)}${']'.repeat(70)}\n`, 9],
  ['CS1007', '|\n      a: 1\n      a: 2\n', 10],
  ['CS1003', `|\n${'      ---\n      a\n'.repeat(1001)}`, 8],
  ['CS1003', `|\n      a: ${'x'.repeat(300_000)}\n`, 8],
])('what cannot be read is refused with %s, in its line', (code, annotation, line) => {
  const { file, embedded } = read(annotated(annotation));
  expect(embedded).toEqual([]);
  expect(file.broken).toBe(true);
  expect(file.diagnostics).toMatchObject([{ code, location: { line } }]);
});

test('what cannot be read is missed by the kind that it seems to be of, in the namespace of the Service', () => {
  const { file } = read(
    annotated(
      '|\n      kind: Mapping\n      name: a\n      ---\n      kind: AuthService\n      name: auth\n      auth_service: [\n',
    ),
  );
  expect(file.diagnostics).toMatchObject([
    { code: 'CS1004', subject: { kind: 'AuthService', namespace: 'shop', name: 'a' } },
  ]);
});

test('text that did not change yields the same documents', () => {
  const bytes = Buffer.from(annotated(FLAT));
  const first = readDocuments('in.yaml', bytes);
  const second = readDocuments('in.yaml', bytes, first);
  expect(second.documents).toHaveLength(3);
  second.documents.forEach((document, index) => expect(document).toBe(first.documents[index]));
});
