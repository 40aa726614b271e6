import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { readStateKey } from '../../src/cli/state-key';
import { StateFolder } from '../../src/cli/state-folder';
import { open } from '../../src/state';
import { folder } from './support/command';

const ROOT = join(__dirname, '../..');
/** At different moments of a write. */
const KILLS = Number(process.env['KILLS'] ?? 12);
const FILE = 'last-good.state';

const place = () => join(folder(), 'state');

async function opened(path: string): Promise<StateFolder> {
  const state = await StateFolder.open(path);
  held.push(state);
  return state;
}
const held: StateFolder[] = [];
afterEach(async () => {
  for (const state of held.splice(0)) await state.close();
});

test('the folder is 0700 and its file 0600; what was written is read', async () => {
  const path = place();
  const state = await opened(path);
  expect(await state.read()).toEqual({ type: 'none' });
  await state.write(Buffer.from('one'));
  await state.write(Buffer.from('two'));
  expect(await state.read()).toEqual({ type: 'bytes', bytes: Buffer.from('two') });
  expect(statSync(path).mode & 0o777).toBe(0o700);
  expect(statSync(join(path, FILE)).mode & 0o777).toBe(0o600);
  expect(readdirSync(path).toSorted()).toEqual([FILE, 'lock']);
});

test('a folder has one user at a time', async () => {
  const path = place();
  const first = await StateFolder.open(path);
  await expect(StateFolder.open(path)).rejects.toThrow(/is used by another process/);
  await first.close();
  await opened(path);
});

test('a folder that others may enter, a link and a file are refused', async () => {
  const path = folder();
  chmodSync(path, 0o750);
  await expect(StateFolder.open(path)).rejects.toThrow(/may be entered by others/);
  const real = place();
  mkdirSync(real, { mode: 0o700 });
  symlinkSync(real, join(path, 'link'));
  await expect(StateFolder.open(join(path, 'link'))).rejects.toThrow(/symbolic link/);
  writeFileSync(join(path, 'file'), '');
  await expect(StateFolder.open(join(path, 'file'))).rejects.toThrow(/cannot be made/);
});

test('a file that is a link, a folder, or open to others is not read', async () => {
  const path = place();
  const state = await opened(path);
  const file = join(path, FILE);
  await state.write(Buffer.from('good'));
  chmodSync(file, 0o640);
  expect(await state.read()).toEqual({ type: 'refused', problem: 'others may read or write it' });
  await state.setAside();
  symlinkSync(join(path, 'last-good.state.refused'), file);
  expect(await state.read()).toEqual({ type: 'refused', problem: 'it is a symbolic link' });
  await state.setAside();
  mkdirSync(file, { mode: 0o700 });
  expect(await state.read()).toEqual({ type: 'refused', problem: 'it is no regular file' });
});

test('killed in the middle of writes, the file is always a whole one, and the folder free', async () => {
  const path = place();
  const key = Buffer.alloc(32, 9);
  for (let times = 0; times < KILLS; times += 1) {
    const writer = join(ROOT, 'test/cli/support/state-writer.ts');
    const child = spawn(process.execPath, ['--import', 'tsx', writer, path, key.toString('hex')], { cwd: ROOT });
    await once(child.stdout, 'data');
    // Not to wait for anything, but to be somewhere in a write.
    await setTimeout(5 + ((times * 13) % 60));
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
    const state = await StateFolder.open(path);
    const file = await state.read();
    await state.close();
    if (file.type === 'none') continue;
    if (file.type === 'refused') throw new Error(file.problem);
    const content = open(file.bytes, { key, scope: 'test' });
    if ('problem' in content) throw new Error(content.problem);
    expect(content.body.every((byte) => byte === content.body[0])).toBe(true);
  }
}, 120_000);

const KEY = Buffer.from(Array.from({ length: 32 }, (_none, index) => (index * 37 + 200) % 256));

test.each([
  ['32 bytes', KEY],
  ['hexadecimal', Buffer.from(`${KEY.toString('hex')}\n`)],
  ['base64', Buffer.from(`${KEY.toString('base64')}\n`)],
])('the key may be %s', async (_form, content) => {
  const path = join(folder(), 'key');
  writeFileSync(path, content, { mode: 0o400 });
  expect(await readStateKey(path)).toEqual(KEY);
});

test.each([
  ['nothing', ''],
  ['16 bytes in hexadecimal', KEY.toString('hex').slice(0, 32)],
  ['16 bytes in base64', KEY.subarray(0, 16).toString('base64')],
  ['31 bytes', KEY.subarray(1)],
  ['a passphrase', 'a passphrase of many characters, which anybody may guess'],
  ['zeros', Buffer.alloc(32)],
])('%s is no key', async (_what, content) => {
  const path = join(folder(), 'key');
  writeFileSync(path, content, { mode: 0o400 });
  await expect(readStateKey(path)).rejects.toThrow(/holds no key of 32 bytes/);
});

test('a key that others may read, or that is not there, is not used', async () => {
  const path = join(folder(), 'key');
  await expect(readStateKey(path)).rejects.toThrow(/cannot read/);
  writeFileSync(path, KEY);
  chmodSync(path, 0o644);
  await expect(readStateKey(path)).rejects.toThrow(/others may read/);
});
