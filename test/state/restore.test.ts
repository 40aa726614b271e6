import { offlineEncoder } from '../../src/cli/offline-encoder';
import { compile } from '../../src/compile';
import { DEFAULT_POLICY as policy } from '../../src/resolution/policy';
import { readDocuments } from '../../src/sources/yaml/read-documents';
import { contentsOf, type Form, type Memory, readContents, restore, writeContents } from '../../src/state';
import { fixtureSecret, text } from '../support/decoded';

const AT = new Date('2026-06-15T12:00:00Z');
const encoder = offlineEncoder();

function memory(...texts: readonly string[]): Memory {
  const documents = texts.flatMap(
    (content, index) => readDocuments(`${index + 1}.yaml`, Buffer.from(content)).documents,
  );
  const compilation = compile(documents, { policy, at: AT, encoder, unread: [] });
  return { ...compilation, files: new Map([['1.yaml', documents]]), input: documents };
}

function through(form: Form, of: Memory, read: Form = form) {
  const contents = readContents(writeContents(contentsOf(of, form, AT, [])));
  if (contents === undefined) throw new Error('what was written is not read');
  return restore(contents, read);
}

const MAPPING = text('Mapping', { hostname: '*', prefix: '/a/', service: 'a' }, { name: 'a' });
const BOTH = [MAPPING, fixtureSecret('server-ec', 'pair')];
const KEYS = ['Mapping default/a', 'Secret default/pair'];

test('sealed, all of it comes through: one document for the file, the definition and the input', () => {
  const of = { ...memory(...BOTH), keptSince: new Map([['Secret default/pair', AT]]) };
  const restored = through('sealed', of);
  expect([...restored.lastGood.keys()]).toEqual(KEYS);
  expect(restored.keptSince).toEqual(of.keptSince);
  expect(restored.input).toHaveLength(2);
  expect(restored.files.get('1.yaml')?.every((document, index) => document === restored.input[index])).toBe(true);
  expect(restored.input[0]?.locate(['spec'])).toMatchObject({ file: '1.yaml', line: 1 });
});

test('without a key no Secret is written, nor what the deletion guard knows; its certificate is, by fingerprint', () => {
  const of = { ...memory(...BOTH), keptSince: new Map([['Secret default/pair', AT]]) };
  const restored = through('keyless', of);
  expect([...restored.lastGood.keys()]).toEqual(['Mapping default/a']);
  expect(restored.files.get('1.yaml')).toHaveLength(1);
  expect(restored.input).toEqual([]);
  expect(restored.certificates).toEqual([
    expect.objectContaining({ key: 'Secret default/pair', keptSince: AT.toISOString() }),
  ]);
});

test('a Secret or an input that somebody put into a state without a key is not taken from it', () => {
  const restored = through('sealed', memory(...BOTH), 'keyless');
  expect([...restored.lastGood.keys()]).toEqual(['Mapping default/a']);
  expect(restored.files.get('1.yaml')).toHaveLength(1);
  expect(restored.input).toEqual([]);
});

test.each([1_000, 6_000, 100_000])('what is nested %i deep was never written, and exhausts no stack', (depth) => {
  const whole = writeContents(contentsOf(memory(MAPPING), 'keyless', AT, [])).toString();
  const deep = whole.replace('"prefix":"/a/"', `"prefix":${'['.repeat(depth)}${']'.repeat(depth)}`);
  expect(deep).not.toBe(whole);
  expect(readContents(Buffer.from(deep))).toBeUndefined();
});

test.each(['\n', ' ', '\t ', '\\'])('a definition with millions of %j is written, and in no time', (blank) => {
  const began = performance.now();
  const of = memory(
    text('Mapping', { hostname: '*', prefix: '/', service: 'a', docs: { path: `/${blank.repeat(3_000_000)}x` } }),
  );
  expect(() => contentsOf(of, 'keyless', AT, [])).not.toThrow();
  expect(performance.now() - began).toBeLessThan(5_000);
});

test('what is nested as deep as a source reads comes through', () => {
  const value = JSON.parse(`${'['.repeat(60)}1${']'.repeat(60)}`) as unknown;
  expect(through('sealed', memory(text('Mapping', { prefix: '/', service: 'a', labels: value }))).files.size).toBe(1);
});

test('what this version refuses, and what is not what its key says, is not restored', () => {
  const contents = contentsOf(memory(...BOTH), 'sealed', AT, []);
  const [mapping, secret] = contents.documents;
  if (mapping === undefined || secret === undefined) throw new Error('two documents');
  const bad = JSON.parse(text('Mapping', { hostname: '*', prefix: 7, service: 'a' }, { name: 'a' })) as unknown;
  expect(restore({ ...contents, documents: [{ ...mapping, value: bad }, secret] }, 'sealed').refused).toEqual([
    'Mapping default/a',
  ]);
  const exchanged = restore({ ...contents, documents: [secret, mapping] }, 'sealed');
  expect([exchanged.refused, exchanged.lastGood.size]).toEqual([KEYS, 0]);
});

test.each([
  'null',
  '[]',
  '{}',
  '{"savedAt":"2026-01-01T00:00:00Z"}',
  '\xff',
  JSON.stringify({ ...contentsOf(memory(MAPPING), 'sealed', AT, []), input: [1] }),
  JSON.stringify({ ...contentsOf(memory(MAPPING), 'sealed', AT, []), savedAt: 'yesterday' }),
  JSON.stringify({ ...contentsOf(memory(MAPPING), 'sealed', AT, []), more: 1 }),
])('%.60s is no content of a state', (body) => {
  expect(readContents(Buffer.from(body, 'latin1'))).toBeUndefined();
});
