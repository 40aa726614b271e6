import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { decode } from '../../src/model/decode';
import { LIMITS } from '../../src/sources/yaml/limits';
import { readDocuments } from '../../src/sources/yaml/read-documents';
import { HOSTILE } from './hostile-corpus';

const run = promisify(execFile);

/** CPU time in milliseconds: wall time says more about the machine's other work. */
function cpuTime(action: () => void): number {
  const before = process.cpuUsage();
  action();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

describe('hostile documents', () => {
  test.each(Object.entries(HOSTILE))('%s end in a diagnostic, quickly', (_, [code, text]) => {
    const read = () => readDocuments('bomb.yaml', Buffer.from(text));
    read();
    let result = read();
    const fastest = Math.min(...[1, 2, 3].map(() => cpuTime(() => (result = read()))));
    expect(result.diagnostics.map((finding) => finding.code)).toEqual([code]);
    expect(result.documents).toEqual([]);
    expect(result.broken).toBe(true);
    // What these are made for takes minutes; a busy machine takes its time for anything.
    expect(fastest).toBeLessThan(1_000);
  });

  test('none of them ends the process', async () => {
    const { stdout } = await run(process.execPath, ['--import', 'tsx', join(__dirname, 'hostile-child.ts')]);
    const expected = Object.entries(HOSTILE).flatMap(([name, [code]]) => [`${name}\t${code}`, `${name}\t${code}`]);
    expect(stdout.trimEnd().split('\n')).toEqual(expected);
  });

  test('a healthy document beside a hostile one is read', () => {
    const text = `kind: A\n---\n${'['.repeat(1_000)}\n---\nkind: B\n`;
    const { documents, diagnostics } = readDocuments('x.yaml', Buffer.from(text));
    expect(documents.map(({ value }) => value)).toEqual([{ kind: 'A' }, { kind: 'B' }]);
    expect(diagnostics).toMatchObject([{ code: 'CS1005', location: { line: 3 } }]);
  });

  test('aliases within reason are values like any other', () => {
    const { documents, diagnostics } = readDocuments('x.yaml', Buffer.from('a: &a {b: [1, 2]}\nc: *a\n'));
    expect(diagnostics).toEqual([]);
    expect(documents[0]?.value).toEqual({ a: { b: [1, 2] }, c: { b: [1, 2] } });
  });

  test.each([
    ['NUL', Buffer.from('a: 1\nb: \0\n'), 'CS1002', 2],
    ['invalid UTF-8', Buffer.concat([Buffer.from('a: é\nb: '), Buffer.from([0xc3, 0x28])]), 'CS1002', 2],
    ['UTF-16', Buffer.from('\ufeffa: 1\n', 'utf16le'), 'CS1002', 1],
    ['more than the size limit', Buffer.alloc(LIMITS.fileBytes + 1, '#'), 'CS1003', 1],
    ['more documents than the limit', Buffer.from('---\n'.repeat(LIMITS.documents + 2)), 'CS1003', 1],
  ])('a file with %s is refused as a whole', (_, bytes, code, line) => {
    const { documents, diagnostics, broken } = readDocuments('x.yaml', bytes);
    expect(documents).toEqual([]);
    expect(broken).toBe(true);
    expect(diagnostics).toMatchObject([{ code, location: { file: 'x.yaml', line } }]);
  });

  test('keys that mean something to JavaScript are fields like any other', () => {
    const text =
      'apiVersion: getambassador.io/v3alpha1\nkind: Mapping\nmetadata: {name: a}\nspec: {prefix: /, service: s, __proto__: {tls: x}, constructor: 1}\n';
    const [document] = readDocuments('x.yaml', Buffer.from(text)).documents;
    const { definition, diagnostics } = decode(
      document ?? { file: '', value: null, locate: () => ({ file: '', line: 1, column: 1 }) },
    );
    expect(diagnostics.map(({ message }) => message)).toEqual([
      'spec.__proto__ is not a field of Mapping',
      'spec.constructor is not a field of Mapping',
    ]);
    expect(Object.keys(definition?.spec ?? {})).toEqual(['service', 'prefix']);
    expect(definition?.spec).not.toHaveProperty('tls');
  });

  test('a document with countless mistakes yields a bounded number of diagnostics', () => {
    const fields = Array.from({ length: 20_000 }, (_, index) => `  field${index}: 1`).join('\n');
    const text = `apiVersion: getambassador.io/v3alpha1\nkind: Mapping\nmetadata: {name: a}\nspec:\n  prefix: /\n  service: s\n${fields}\n`;
    const [document] = readDocuments('x.yaml', Buffer.from(text)).documents;
    const diagnostics = document === undefined ? [] : decode(document).diagnostics;
    expect(diagnostics).toHaveLength(50);
    expect(diagnostics.at(-1)?.message).toMatch(/and more findings/);
  });

  test('a definition of absurd size is not looked into', () => {
    const text = `apiVersion: getambassador.io/v3alpha1\nkind: Mapping\nmetadata: {name: a}\nspec: {prefix: /, service: s, x: [${'1,'.repeat(60_000)}]}\n`;
    const [document] = readDocuments('x.yaml', Buffer.from(text)).documents;
    expect(document && decode(document)).toMatchObject({ rejected: true, diagnostics: [{ code: 'CS1003' }] });
  });
});
