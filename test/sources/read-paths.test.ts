import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { readPaths } from '../../src/sources/files';
import { LIMITS } from '../../src/sources/yaml/limits';
import { named, namesIn, removeFolder, temporaryFolder } from './support/watched-source';

let folder = '';
const inFolder = (...parts: readonly string[]) => join(folder, ...parts);
const write = (path: string, text: string | Buffer) => writeFileSync(inFolder(path), text);

beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => removeFolder(folder));

describe('readPaths', () => {
  test('reads folders in order of names, definitions only', async () => {
    mkdirSync(inFolder('b/deep'), { recursive: true });
    mkdirSync(inFolder('.git'));
    write('c.json', '{"name": "c"}');
    write('a.yaml', named('a1', 'a2'));
    write('b/deep/x.yml', named('x'));
    write('b/notes.txt', 'name: [');
    write('.hidden.yaml', named('hidden'));
    write('.git/x.yaml', named('git'));
    const state = await readPaths([folder]);
    expect(namesIn(state)).toEqual(['a1', 'a2', 'x', 'c']);
    expect(state).toMatchObject({ diagnostics: [], synced: true });
    expect(state.documents.map(({ file }) => file)).toEqual(
      ['a.yaml', 'a.yaml', 'b/deep/x.yml', 'c.json'].map((name) => inFolder(name)),
    );
  });

  test('reads files in the order given, whatever their ending, and each once', async () => {
    write('b.conf', named('b'));
    write('a.yaml', named('a'));
    expect(namesIn(await readPaths([inFolder('b.conf'), inFolder('a.yaml'), folder]))).toEqual(['b', 'a']);
  });

  test('reads standard input', async () => {
    write('a.yaml', named('a'));
    const state = await readPaths(['-', folder], Readable.from([Buffer.from('name: in'), Buffer.from('put\n')]));
    expect(namesIn(state)).toEqual(['input', 'a']);
    expect(state.documents[0]?.locate(['name']).file).toBe('<stdin>');
  });

  test('stops reading standard input at the limit', async () => {
    const endless = Readable.from(
      (function* () {
        for (;;) yield Buffer.alloc(1024 * 1024, '#');
      })(),
    );
    expect((await readPaths(['-'], endless)).diagnostics).toMatchObject([
      { code: 'CS1003', location: { file: '<stdin>' } },
    ]);
  });

  test('reads a pipe that was named', async () => {
    execFileSync('mkfifo', [inFolder('pipe')]);
    execFileSync('sh', ['-c', 'printf "name: piped\\n" > "$1" &', 'sh', inFolder('pipe')], { stdio: 'ignore' });
    expect(namesIn(await readPaths([inFolder('pipe')]))).toEqual(['piped']);
  });

  test('passes over pipes in folders', async () => {
    execFileSync('mkfifo', [inFolder('pipe.yaml')]);
    expect(namesIn(await readPaths([folder]))).toEqual([]);
  });

  test('a path that is not there is an Error with a cause', async () => {
    const error: unknown = await readPaths([inFolder('missing.yaml')]).catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      message: `cannot read ${inFolder('missing.yaml')}: it does not exist`,
      cause: { code: 'ENOENT' },
    });
  });

  test('a link that leads nowhere is a diagnostic', async () => {
    write('a.yaml', named('a'));
    symlinkSync('nowhere.yaml', inFolder('b.yaml'));
    const state = await readPaths([folder]);
    expect(namesIn(state)).toEqual(['a']);
    expect(state.diagnostics).toMatchObject([
      { code: 'CS1001', severity: 'error', location: { file: inFolder('b.yaml') } },
    ]);
  });

  test('loops of links end', async () => {
    mkdirSync(inFolder('a'));
    write('a/x.yaml', named('x'));
    symlinkSync('..', inFolder('a/up'));
    symlinkSync('self.yaml', inFolder('self.yaml'));
    const state = await readPaths([folder]);
    expect(namesIn(state)).toEqual(['x']);
    expect(state.diagnostics).toMatchObject([{ code: 'CS1001', message: expect.stringContaining('loop') as string }]);
  });

  test("reads Kubernetes' mounted volumes once", async () => {
    mkdirSync(inFolder('..2024_01_01/sub'), { recursive: true });
    write('..2024_01_01/a.yaml', named('a'));
    write('..2024_01_01/sub/b.yaml', named('b'));
    symlinkSync('..2024_01_01', inFolder('..data'));
    symlinkSync('..data/a.yaml', inFolder('a.yaml'));
    symlinkSync('..data/sub', inFolder('sub'));
    const state = await readPaths([folder]);
    expect(namesIn(state)).toEqual(['a', 'b']);
    expect(state.documents.map(({ file }) => file)).toEqual([inFolder('a.yaml'), inFolder('sub/b.yaml')]);
  });

  test('a file beyond the limit is not read', async () => {
    write('a.yaml', Buffer.alloc(LIMITS.fileBytes + 1, '#'));
    write('b.yaml', named('b'));
    const state = await readPaths([folder]);
    expect(namesIn(state)).toEqual(['b']);
    expect(state.diagnostics).toMatchObject([{ code: 'CS1003', location: { file: inFolder('a.yaml') } }]);
  });

  test('what can be read of a broken file is read, and the rest is told', async () => {
    write('a.yaml', 'name: a\n---\nname: [\n');
    const state = await readPaths([folder]);
    expect(namesIn(state)).toEqual(['a']);
    expect(state.diagnostics).toMatchObject([{ code: 'CS1004' }]);
  });
});
