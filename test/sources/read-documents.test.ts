import { inspect } from 'node:util';
import type { Document, Path } from '../../src/model/document';
import { type ReadFile, readDocuments } from '../../src/sources/yaml/read-documents';

const read = (text: string, previous?: ReadFile, file = 'in.yaml') => readDocuments(file, Buffer.from(text), previous);

function only({ documents }: ReadFile): Document {
  const [document] = documents;
  if (document === undefined || documents.length > 1) throw new Error(`${documents.length} documents`);
  return document;
}

/** `line:column-endColumn`. */
function at(document: Document, path: Path, part?: 'key' | 'value'): string {
  const { line, column, endColumn } = document.locate(path, part);
  return `${line}:${column}${endColumn === undefined ? '' : `-${endColumn}`}`;
}

describe('documents of a file', () => {
  test.each([
    ['markers', 'a: 1\n---\nb: 2\n---\nc: 3\n', [{ a: 1 }, { b: 2 }, { c: 3 }]],
    ['a marker at the start and one at the end', '---\na: 1\n---\n', [{ a: 1 }]],
    ['content beside the marker', '--- {a: 1}\n--- # comment\nb: 2\n', [{ a: 1 }, { b: 2 }]],
    ['CR LF', 'a: 1\r\n---\r\nb: 2\r\n', [{ a: 1 }, { b: 2 }]],
    ['comments and nothing else', '# one\n---\n# two\n---\n', []],
    ['nothing', '', []],
    ['a byte order mark', '\ufeffa: 1\n', [{ a: 1 }]],
    ['end markers', 'a: 1\n...\n---\nb: 2\n...\n', [{ a: 1 }, { b: 2 }]],
    ['directives', '%YAML 1.2\n---\na: 1\n...\n%YAML 1.2\n---\nb: 2\n', [{ a: 1 }, { b: 2 }]],
    ['dashes that are no marker', 'a: |\n  ---\n  x\nb: "---"\n', [{ a: '---\nx\n', b: '---' }]],
    ['PEM in a block', 'a: |\n  -----BEGIN CERTIFICATE-----\n', [{ a: '-----BEGIN CERTIFICATE-----\n' }]],
    ['JSON', '{\n\t"a": [1, "\\ud83d\\ude00"]\n}\n', [{ a: [1, '😀'] }]],
    [
      'YAML 1.2 scalars',
      'a: yes\nb: 0o17\nc: 1_000\nd: 2001-01-01\n',
      [{ a: 'yes', b: 15, c: '1_000', d: '2001-01-01' }],
    ],
  ])('%s', (_, text, values) => {
    const { documents, diagnostics, broken } = read(text);
    expect(documents.map(({ value }) => value)).toEqual(values);
    expect(diagnostics).toEqual([]);
    expect(broken).toBe(false);
  });

  test('a List is its items', () => {
    const result = read(`apiVersion: v1
kind: List
items:
- kind: A
- kind: List
  items: [{kind: B}, 7]
---
apiVersion: getambassador.io/v3alpha1
kind: MappingList
metadata: {}
items:
- metadata: {name: m}
---
{kind: SecretList, items: null}
`);
    expect(result.documents.map(({ value }) => value)).toEqual([
      { kind: 'A' },
      { kind: 'B' },
      7,
      { apiVersion: 'getambassador.io/v3alpha1', kind: 'Mapping', metadata: { name: 'm' } },
    ]);
    expect(result.documents.map((document) => at(document, ['kind']))).toEqual([
      '4:9-10',
      '6:18-19',
      '6:22-23',
      '12:3',
    ]);
    expect(result.documents.map((document) => at(document, []))).toEqual(['4:3', '6:11', '6:22-23', '12:3']);
  });

  test('a syntax error has its place, and its neighbours are read', () => {
    const { documents, diagnostics, broken } = read('a: 1\n---\nb: c: d\n---\ne: 1\n');
    expect(documents).toHaveLength(2);
    expect(broken).toBe(true);
    expect(diagnostics).toMatchObject([
      { code: 'CS1004', severity: 'error', location: { file: 'in.yaml', line: 3, column: 5, excerpt: 'b: c: d' } },
    ]);
  });

  test('duplicate and merge keys have their place', () => {
    expect(read('x: 1\na:\n  b: 1\n  b: 2\n').diagnostics).toMatchObject([
      { code: 'CS1007', location: { line: 4, column: 3 } },
    ]);
    expect(read('b: &b {x: 1}\n---\na: {x: 1}\nc:\n  <<: {y: 1}\n').diagnostics).toMatchObject([
      { code: 'CS1008', location: { line: 5, column: 3 } },
    ]);
  });
});

describe('positions', () => {
  const document = only(
    read(`# comment

apiVersion: v1   # here
metadata: {name: "quoted name", labels: {a: b}}
spec:
  text: |
    one
    two
  list:
  - x
  - {y: 1}
  anchor: &a
    deep: 1
  alias: *a
  empty:
  "quo ted": 'z'
  multi: one
    two
`),
  );

  test.each<[Path, string, string]>([
    [[], '3:1', '3:1'],
    [['apiVersion'], '3:1-11', '3:13-15'],
    [['metadata', 'name'], '4:12-16', '4:18-31'],
    [['metadata', 'labels', 'a'], '4:42-43', '4:45-46'],
    [['spec'], '5:1-5', '6:3'],
    [['spec', 'text'], '6:3-7', '6:9'],
    [['spec', 'list'], '9:3-7', '10:3'],
    [['spec', 'list', 0], '10:5-6', '10:5-6'],
    [['spec', 'list', 1, 'y'], '11:6-7', '11:9-10'],
    [['spec', 'alias'], '14:3-8', '14:10-12'],
    [['spec', 'alias', 'deep'], '13:5-9', '13:11-12'],
    [['spec', 'empty'], '15:3-8', '15:3-8'],
    [['spec', 'quo ted'], '16:3-12', '16:14-17'],
    [['spec', 'multi'], '17:3-8', '17:10'],
    [['spec', 'missing'], '5:1-5', '5:1-5'],
    [['spec', 'missing', 'deeper', 3], '5:1-5', '5:1-5'],
    [['spec', 'list', 7], '9:3-7', '9:3-7'],
    [['spec', 'list', 1, 'no'], '11:5', '11:5'],
    [['missing'], '3:1', '3:1'],
  ])('%j', (path, key, value) => {
    expect([at(document, path, 'key'), at(document, path)]).toEqual([key, value]);
  });

  test('count UTF-16 code units', () => {
    expect(at(only(read('{"😀": {"a": 1}}')), ['😀', 'a'])).toBe('1:14-15');
  });

  test('JSON on one line', () => {
    expect(at(only(read('{"spec":{"hosts":["a","b"]}}')), ['spec', 'hosts', 1])).toBe('1:23-26');
  });
});

describe('excerpts', () => {
  const excerpt = (text: string, path: Path) => only(read(text)).locate(path).excerpt;

  test('show the source line, shortened', () => {
    expect(excerpt('a: 1\r\nspec:  {b: 2}  \r\n', ['spec', 'b'])).toBe('spec:  {b: 2}');
    expect(excerpt(`a: 1 # ${'long '.repeat(100)}\n`, ['a'])).toHaveLength(161);
    expect(excerpt(`{"x": "${'long '.repeat(100)}", "a": 1}`, ['a'])).toBeUndefined();
  });

  test('mask the user information of URLs, and leave what follows in its place', () => {
    expect(excerpt('{u: "http://me:p@ss@host:1/a@b", b: 1}\n', ['b'])).toBe('{u: "http://*******@host:1/a@b", b: 1}');
    expect(excerpt('a: mail me@example.com\n', ['a'])).toBe('a: mail me@example.com');
  });

  test('mask long encoded text, but not long names', () => {
    const encoded = Buffer.from('a private key or whatever else it is').toString('base64');
    expect(excerpt(`a: ${encoded}\n`, ['a'])).toBe('a: [redacted]');
    expect(excerpt(`a: ${Buffer.from('x'.repeat(32)).toString('hex')}\n`, ['a'])).toBe('a: [redacted]');
    expect(excerpt('a: /a/path/of/many/words/that/is/longer/than/forty/characters\n', ['a'])).toMatch(/characters$/);
  });

  test.each([
    ['a Secret', 'kind: Secret\nspec: x\n'],
    ['a Secret in a List', 'kind: List\nitems: [{kind: Secret}]\nspec: x\n'],
    ['a misspelt Secret', 'kind: Secert\ndata: {}\nspec: x\n'],
    ['what shows a private key', 'kind: Mapping\nspec: x\na: |\n  -----BEGIN EC PRIVATE KEY-----\n'],
  ])('show nothing of %s', (_, text) => {
    const [document] = read(text).documents;
    expect(document?.locate(['spec'])).toMatchObject({ file: 'in.yaml' });
    expect(document?.locate(['spec']).excerpt).toBeUndefined();
  });

  test.each([
    'kind: Secret',
    'stringData: {}',
    'data: {}',
    'a: tls.key',
    'a: "-----BEGIN PRIVATE KEY-----"',
    '{"data": 1',
  ])('show nothing of a text that does not parse and has %j', (line) => {
    const { diagnostics } = read(`${line}\nk: "s3cr3t" : *s3cr3t\n`);
    expect(diagnostics).toHaveLength(1);
    expect(JSON.stringify(diagnostics)).not.toContain('s3cr3t');
  });

  test('documents print no values', () => {
    const document = only(read('kind: Secret\nstringData: {tls.key: s3cr3t}\n'));
    expect(inspect(document, { depth: 9, showHidden: true }) + JSON.stringify(document)).not.toContain('s3cr3t');
  });
});

describe('reading again', () => {
  const first = read('a: 1\n---\nb: 2\n---\nc: 3\n');

  test('the same text in the same place is the same Document', () => {
    const second = read('a: 1\n---\nB: 2\n---\nc: 3\n', first);
    expect(second.documents[0]).toBe(first.documents[0]);
    expect(second.documents[1]).not.toBe(first.documents[1]);
    expect(second.documents[1]?.value).toEqual({ B: 2 });
    expect(second.documents[2]).toBe(first.documents[2]);
  });

  test('the same text in another place has new positions and the same values', () => {
    const second = read('a: 1\n---\nb: 2\n# a line more\n---\nc: 3\n', first);
    expect(second.documents[2]).not.toBe(first.documents[2]);
    expect(second.documents[2]?.value).toBe(first.documents[2]?.value);
    expect(second.documents[2]?.locate(['c'], 'key')).toMatchObject({ line: 6, column: 1 });
    expect(first.documents[2]?.locate(['c'], 'key')).toMatchObject({ line: 5, column: 1 });
  });

  test('the same text twice is two Documents', () => {
    const { documents } = read('a: 1\n---\nx: 1\n---\nx: 1\n---\nx: 1\n');
    expect(documents.map(({ value }) => value)).toEqual([{ a: 1 }, { x: 1 }, { x: 1 }, { x: 1 }]);
    expect(documents.map((document) => document.locate(['x']).line)).toEqual([1, 3, 5, 7]);
    expect(new Set(documents).size).toBe(4);
  });
});
