import { readDocuments } from '../../src/sources/yaml/read-documents';

const HELM = 'it looks like a Helm template: render it first, with `helm template`';
const STAR = 'put the text that begins with * in quotes';

test.each<[string, string, string, string]>([
  ['a template in place of a value', 'kind: A\nname: {{ .Values.x }}\n', '2:7', HELM],
  ['a template that trims', 'name: {{- if .Values.x }}\n', '1:9', HELM],
  ['a template on a line of its own', '{{- if .Values.x }}\na: 1\n', '1:3', HELM],
  ['a bare asterisk', 'hostname: *\n', '1:12', STAR],
  ['an asterisk before a name', 'hostname: *.example.com\n', '1:12', STAR],
  ['a list', 'a: 1\nb: [1, 2\nc: 3\n', '2:4', 'close it with ], or indent the lines that belong to it'],
  [
    'a mapping in a list',
    'a: [\n  {b: 1},\n  {c: "]",\nd: 2\n',
    '3:3',
    'close it with }, or indent the lines that belong to it',
  ],
  [
    'a list around what is closed',
    'a: [ {\n  b: 1 },\nd: 2\n',
    '1:4',
    'close it with ], or indent the lines that belong to it',
  ],
  ['a quote', 'a: it\'s [\nb: "x\nc: 3\n', '2:4', 'close it with ", or indent the lines that belong to it'],
])('%s: where it begins, and what to do', (_what, written, place, fix) => {
  const { diagnostics } = readDocuments('a.yaml', Buffer.from(written));
  expect(diagnostics.map(({ location }) => `${location?.line}:${location?.column}`)).toEqual([place]);
  expect(diagnostics[0]).toMatchObject({ code: 'CS1004', fix });
});

test('of other mistakes the parser tells itself', () => {
  const { diagnostics } = readDocuments('a.yaml', Buffer.from('a: b: c\n'));
  expect(diagnostics).toMatchObject([{ code: 'CS1004', fix: 'correct the syntax' }]);
});
