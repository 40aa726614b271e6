import {
  appendFileSync,
  closeSync,
  linkSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { WatchedSource, named, namesIn, removeFolder, temporaryFolder } from './support/watched-source';

let folder = '';
let source: WatchedSource | undefined;
const inFolder = (...parts: readonly string[]) => join(folder, ...parts);
const write = (path: string, text: string) => writeFileSync(inFolder(path), text);

async function watching(paths = [folder], timing = {}): Promise<WatchedSource> {
  source = new WatchedSource(paths, timing);
  await source.start();
  return source;
}

beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(async () => {
  await source?.stop();
  source = undefined;
  removeFolder(folder);
});

describe('FilesSource', () => {
  test('yields everything at the start', async () => {
    write('a.yaml', named('a'));
    const watched = await watching();
    expect(namesIn(watched.latest())).toEqual(['a']);
    expect(watched.latest().synced).toBe(true);
    expect(watched.states).toHaveLength(1);
  });

  test('does not start on a path that is not there', async () => {
    await expect(new WatchedSource([inFolder('missing')]).start()).rejects.toMatchObject({ cause: { code: 'ENOENT' } });
  });

  test('sees files change, appear and vanish, and keeps the identity of all others', async () => {
    write('a.yaml', named('a'));
    write('b.yaml', named('b1', 'b2'));
    const watched = await watching();
    const [a, b1] = watched.latest().documents;
    write('b.yaml', named('b1', 'b3'));
    const changed = await watched.names('a', 'b1', 'b3');
    expect(changed.documents[0]).toBe(a);
    expect(changed.documents[1]).toBe(b1);
    write('c.yaml', named('c'));
    await watched.names('a', 'b1', 'b3', 'c');
    unlinkSync(inFolder('b.yaml'));
    expect((await watched.names('a', 'c')).documents[0]).toBe(a);
  });

  test('sees a change made while it was starting', async () => {
    write('a.yaml', named('a'));
    source = new WatchedSource([folder]);
    const started = source.start();
    write('a.yaml', named('b'));
    await started;
    await source.names('b');
  });

  test('sees an editor save by renaming, again and again', async () => {
    write('a.yaml', named('a'));
    const watched = await watching([inFolder('a.yaml')]);
    for (const name of ['b', 'c', 'd']) {
      write('a.yaml.tmp', named(name));
      renameSync(inFolder('a.yaml'), inFolder('a.yaml~'));
      renameSync(inFolder('a.yaml.tmp'), inFolder('a.yaml'));
      await watched.names(name);
    }
    expect(watched.states.map(namesIn)).toEqual([['a'], ['b'], ['c'], ['d']]);
  });

  test('sees folders appear with what is in them, vanish, and be replaced', async () => {
    write('a.yaml', named('a'));
    const watched = await watching();
    mkdirSync(inFolder('sub/deep'), { recursive: true });
    write('sub/deep/b.yaml', named('b'));
    await watched.names('a', 'b');
    write('sub/deep/b.yaml', named('c'));
    await watched.names('a', 'c');
    rmSync(inFolder('sub'), { recursive: true });
    mkdirSync(inFolder('sub/deep'), { recursive: true });
    write('sub/deep/b.yaml', named('d'));
    await watched.names('a', 'd');
    write('sub/deep/b.yaml', named('e'));
    await watched.names('a', 'e');
    rmSync(inFolder('sub'), { recursive: true });
    await watched.names('a');
  });

  test('keeps what it read in the folder it was given while that is gone, and reads it anew when it comes back', async () => {
    mkdirSync(inFolder('given'));
    write('given/a.yaml', named('a'));
    const watched = await watching([inFolder('given')]);
    rmSync(inFolder('given'), { recursive: true });
    const gone = await watched.until(({ diagnostics }) => diagnostics.length > 0);
    expect(namesIn(gone)).toEqual(['a']);
    expect(gone.diagnostics).toMatchObject([{ code: 'CS1001', location: { file: inFolder('given') } }]);
    expect(gone.diagnostics[0]?.message).toContain('stays in use');
    mkdirSync(inFolder('given'));
    write('given/a.yaml', named('b'));
    expect((await watched.names('b')).diagnostics).toEqual([]);
    write('given/a.yaml', named('c'));
    await watched.names('c');
  });

  test('sees a folder that is swapped by its link', async () => {
    for (const release of ['one', 'two']) {
      mkdirSync(inFolder(release));
      write(`${release}/a.yaml`, named(release));
    }
    symlinkSync('one', inFolder('current'));
    const watched = await watching([inFolder('current')]);
    expect(namesIn(watched.latest())).toEqual(['one']);
    symlinkSync('two', inFolder('next'));
    renameSync(inFolder('next'), inFolder('current'));
    await watched.names('two');
    write('two/a.yaml', named('three'));
    await watched.names('three');
  });

  test('sees a change of a file that a link leads to', async () => {
    mkdirSync(inFolder('given'));
    mkdirSync(inFolder('elsewhere'));
    write('elsewhere/a.yaml', named('a'));
    symlinkSync('../elsewhere/a.yaml', inFolder('given/a.yaml'));
    const watched = await watching([inFolder('given')]);
    write('elsewhere/a.yaml', named('b'));
    await watched.names('b');
  });

  test("sees every swap of Kubernetes' ..data whole", async () => {
    const publish = (version: number) => {
      mkdirSync(inFolder(`..v${version}`));
      for (const file of ['a', 'b', 'c']) write(`..v${version}/${file}.yaml`, named(`${file}${version}`));
      symlinkSync(`..v${version}`, inFolder('..data_tmp'));
      renameSync(inFolder('..data_tmp'), inFolder('..data'));
      if (version > 0) rmSync(inFolder(`..v${version - 1}`), { recursive: true });
    };
    publish(0);
    for (const file of ['a', 'b', 'c']) symlinkSync(`..data/${file}.yaml`, inFolder(`${file}.yaml`));
    const watched = await watching();
    for (let version = 1; version <= 10; version++) {
      publish(version);
      if (version % 3 === 0) await watched.names(`a${version}`, `b${version}`, `c${version}`);
    }
    const final = await watched.names('a10', 'b10', 'c10');
    for (const state of watched.states) {
      expect(new Set(namesIn(state).map((name) => String(name).slice(1))).size).toBe(1);
      expect(state.diagnostics).toEqual([]);
    }
    expect(final.documents.map(({ file }) => file)).toEqual(['a', 'b', 'c'].map((name) => inFolder(`${name}.yaml`)));
  });

  test('never reads a file that is still being written', async () => {
    write('a.yaml', named('a'));
    const watched = await watching([folder], { quietMs: 150 });
    const file = openSync(inFolder('a.yaml'), 'w');
    const all = Array.from({ length: 40 }, (_, index) => `n${index}`);
    for (const name of all) {
      writeSync(file, `---\n${named(name)}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    closeSync(file);
    await watched.names(...all);
    expect(watched.states.map((state) => state.documents.length)).toEqual([1, 40]);
  });

  test('rule 6: a file that never rests holds the others back for a while only', async () => {
    write('a.yaml', named('a'));
    write('b.yaml', named('b'));
    const watched = await watching([folder], { quietMs: 50, maxMs: 400 });
    const restless = setInterval(() => appendFileSync(inFolder('a.yaml'), '# more\n'), 5);
    try {
      write('b.yaml', named('c'));
      await watched.names('a', 'c');
    } finally {
      clearInterval(restless);
    }
  });

  test('a file that breaks keeps its last good documents, and says so', async () => {
    write('a.yaml', named('a1', 'a2'));
    write('b.yaml', named('b'));
    const watched = await watching();
    const [a1] = watched.latest().documents;
    write('a.yaml', 'name: a1\n---\nkind: AuthService\nname: [\n');
    write('b.yaml', named('c'));
    const broken = await watched.names('a1', 'a2', 'c');
    expect(broken.documents[0]).toBe(a1);
    expect(broken.diagnostics).toMatchObject([
      { code: 'CS1004', message: expect.stringContaining('last good version of the file stays in use') as string },
    ]);
    // About no definition: all that there were are in service.
    expect(broken.diagnostics[0]).not.toHaveProperty('subject');
    write('a.yaml', 'name: \0');
    expect((await watched.until(({ diagnostics }) => diagnostics[0]?.code === 'CS1002')).documents[0]).toBe(a1);
    write('a.yaml', named('a1', 'a3'));
    const mended = await watched.names('a1', 'a3', 'c');
    expect(mended.diagnostics).toEqual([]);
    expect(mended.documents[0]).toBe(a1);
  });

  test('an emptied file defines nothing', async () => {
    write('a.yaml', named('a'));
    write('b.yaml', named('b'));
    const watched = await watching();
    write('a.yaml', '');
    expect((await watched.names('b')).diagnostics).toEqual([]);
  });

  test('a file that becomes a dangling link keeps its last good documents', async () => {
    write('a.yaml', named('a'));
    const watched = await watching();
    unlinkSync(inFolder('a.yaml'));
    symlinkSync('nowhere', inFolder('a.yaml'));
    const state = await watched.until(({ diagnostics }) => diagnostics.length > 0);
    expect(namesIn(state)).toEqual(['a']);
    expect(state.diagnostics).toMatchObject([{ code: 'CS1001' }]);
  });

  test('yields nothing for a change that changes nothing', async () => {
    write('a.yaml', named('a'));
    const watched = await watching();
    write('a.yaml', named('a'));
    write('notes.txt', 'x');
    write('b.yaml', named('b'));
    await watched.names('a', 'b');
    expect(watched.states).toHaveLength(2);
    expect(watched.states[1]?.documents[0]).toBe(watched.states[0]?.documents[0]);
  });

  test('sees by looking what no event tells of', async () => {
    mkdirSync(inFolder('given'));
    mkdirSync(inFolder('elsewhere'));
    write('given/a.yaml', named('a'));
    linkSync(inFolder('given/a.yaml'), inFolder('elsewhere/hard.yaml'));
    const watched = await watching([inFolder('given')], { rescanMs: 50 });
    write('elsewhere/hard.yaml', named('b'));
    await watched.names('b');
  });

  test('yields nothing once it is stopped', async () => {
    write('a.yaml', named('a'));
    const watched = await watching();
    write('a.yaml', named('b'));
    await watched.stop();
    const other = new WatchedSource([folder]);
    await other.start();
    write('a.yaml', named('c'));
    await other.names('c');
    await other.stop();
    expect(watched.states).toHaveLength(1);
  });
});
