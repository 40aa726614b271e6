import { readDocuments } from '../../src/sources/yaml/read-documents';
import { guessedSubject } from '../../src/sources/yaml/guessed-subject';

test.each<[string, string, string | undefined]>([
  ['block', 'kind: AuthService\nmetadata:\n  name: auth\n  namespace: security\n spec: {', 'AuthService security/auth'],
  ['flow', 'metadata: {name: auth}\nkind: AuthService\nspec: [', 'AuthService default/auth'],
  ['JSON', '{"kind": "AuthService", "metadata": {"name": "auth"}, "spec": {', 'AuthService default/auth'],
  ['a list, the one that guards', '- kind: Mapping\n  name: a\n- kind: AuthService\n', 'AuthService default/a'],
  ['another kind', 'kind: Mapping\nmetadata: {name: a}\n]', undefined],
  ['no name', 'kind: AuthService\n]', 'AuthService default/'],
  ['a Module', 'kind: Module\nmetadata: {name: ambassador\nspec: {', 'Module default/ambassador'],
  ['no definition', 'just: [text', undefined],
  ['a kind within a word', 'mankind: AuthService\n]', undefined],
])('%s', (_what, text, expected) => {
  const subject = guessedSubject(text);
  expect(subject && `${subject.kind} ${subject.namespace}/${subject.name}`).toBe(expected);
});

test('a document and an annotation that cannot be parsed say what they seem to be about', () => {
  const broken = 'kind: AuthService\nname: auth\nauth_service: [\n';
  const annotations = { 'getambassador.io/config': broken };
  const service = JSON.stringify({ apiVersion: 'v1', kind: 'Service', metadata: { name: 's', annotations }, spec: {} });
  for (const text of [broken, service]) {
    const { diagnostics } = readDocuments('in.yaml', Buffer.from(text));
    expect(diagnostics).toMatchObject([{ code: 'CS1004', subject: { kind: 'AuthService', name: 'auth' } }]);
  }
});

test('an annotation that is no text says what it seems to be about', () => {
  const annotations = { 'getambassador.io/config': { kind: 'AuthService', name: 'auth', auth_service: 'auth:3000' } };
  const service = JSON.stringify({ apiVersion: 'v1', kind: 'Service', metadata: { name: 's', annotations } });
  const { diagnostics } = readDocuments('in.yaml', Buffer.from(service));
  expect(diagnostics).toMatchObject([{ code: 'CS1015', subject: { kind: 'AuthService', name: 'auth' } }]);
});
