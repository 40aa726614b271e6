import { constants } from 'node:fs';
import { lstat, mkdir, open, rename, rm } from 'node:fs/promises';
import { createConnection, createServer, type Server } from 'node:net';
import { join, resolve } from 'node:path';
import { types } from 'node:util';
import { CommandFailure } from './exit-code';

const FILE = 'last-good.state';
const NEXT = 'last-good.state.next';
const REFUSED = 'last-good.state.refused';
const LOCK = 'lock';
const OTHERS = 0o077;
/** More would not be read into memory; ten times what a very large configuration comes to. */
const MOST_BYTES = 512 * 1024 * 1024;
/** What the address of a Unix socket may hold on every system. */
const SOCKET_PATH_BYTES = 100;

export type StateFile =
  | { readonly type: 'none' }
  | { readonly type: 'bytes'; readonly bytes: Buffer }
  | { readonly type: 'refused'; readonly problem: string };

/** The folder of `--state`: 0700, one process at a time, its file replaced as a whole or not at all. */
export class StateFolder {
  readonly #path: string;
  readonly #lock: Server;

  private constructor(path: string, lock: Server) {
    this.#path = path;
    this.#lock = lock;
  }

  /** @throws CommandFailure if it can't be made, others may enter it, or another process uses it */
  static async open(named: string): Promise<StateFolder> {
    const path = resolve(named);
    const fail = (why: string, cause?: unknown) => new CommandFailure(`--state: ${named} ${why}`, { cause });
    await mkdir(path, { recursive: true, mode: 0o700 }).catch((cause: unknown) => {
      throw fail('cannot be made', cause);
    });
    const stat = await lstat(path);
    if (!stat.isDirectory()) throw fail('is not a folder, or a symbolic link');
    if (process.getuid !== undefined && stat.uid !== process.getuid()) throw fail('belongs to another user');
    if ((stat.mode & OTHERS) !== 0) throw fail('may be entered by others; set its mode to 0700');
    const lock = join(path, LOCK);
    if (Buffer.byteLength(lock) > SOCKET_PATH_BYTES) throw fail('has too long a path');
    const held = await locked(lock).catch((cause: unknown) => {
      throw fail('cannot be locked', cause);
    });
    if (held === undefined) throw fail('is used by another process');
    return new StateFolder(path, held);
  }

  /** Never follows a link, and reads nothing that others could have written. */
  async read(): Promise<StateFile> {
    const path = join(this.#path, FILE);
    try {
      const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
      try {
        const stat = await file.stat();
        if (!stat.isFile()) return { type: 'refused', problem: 'it is no regular file' };
        if ((stat.mode & OTHERS) !== 0) return { type: 'refused', problem: 'others may read or write it' };
        if (process.getuid !== undefined && stat.uid !== process.getuid())
          return { type: 'refused', problem: 'it belongs to another user' };
        if (stat.size > MOST_BYTES) return { type: 'refused', problem: 'it is too large' };
        return { type: 'bytes', bytes: await file.readFile() };
      } finally {
        await file.close();
      }
    } catch (error) {
      const code = types.isNativeError(error) && 'code' in error ? String(error.code) : 'unknown';
      if (code === 'ENOENT') return { type: 'none' };
      return { type: 'refused', problem: code === 'ELOOP' ? 'it is a symbolic link' : `it cannot be read: ${code}` };
    }
  }

  /** Puts a file that was refused aside, in the place of an earlier one: it may be wanted with another key. */
  async setAside(): Promise<void> {
    await rename(join(this.#path, FILE), join(this.#path, REFUSED));
  }

  /** After a crash at any moment the file is the old one or the new one. */
  async write(bytes: Buffer): Promise<void> {
    const next = join(this.#path, NEXT);
    await rm(next, { force: true });
    const file = await open(next, 'wx', 0o600);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(next, join(this.#path, FILE));
    const folder = await open(this.#path, constants.O_RDONLY);
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  }

  /** Lets another process use the folder. */
  close(): Promise<void> {
    return new Promise((done) => {
      this.#lock.close(() => done());
    });
  }
}

/** A socket that somebody listens on is a lock that ends with its process, in whichever container. Undefined: it is held. */
async function locked(path: string): Promise<Server | undefined> {
  const first = await listening(path);
  if (first !== undefined) return first;
  if (await isAnswered(path)) return undefined;
  await rm(path, { force: true });
  return await listening(path);
}

function listening(path: string): Promise<Server | undefined> {
  return new Promise((done, fail) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', (error) => ('code' in error && error.code === 'EADDRINUSE' ? done(undefined) : fail(error)));
    server.listen(path, () => done(server.unref()));
  });
}

function isAnswered(path: string): Promise<boolean> {
  return new Promise((done) => {
    const socket = createConnection(path);
    socket.once('connect', () => {
      socket.destroy();
      done(true);
    });
    socket.once('error', (error) => done(!('code' in error) || error.code !== 'ECONNREFUSED'));
  });
}
