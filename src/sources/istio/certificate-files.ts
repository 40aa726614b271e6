import { lstatSync, type Stats, readFileSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { types } from 'node:util';

/** What istio-agent writes with `OUTPUT_CERTS` (Istio, "Custom CA integration"; Ambassador, "Istio integration"). */
export const FILES = ['key.pem', 'cert-chain.pem', 'root-cert.pem'] as const;

export type FileName = (typeof FILES)[number];

/** What each file holds. */
export type Contents = Readonly<Record<FileName, Buffer>>;

/** What is to be published of the files, or why they are of no use together. */
export type Verdict = { readonly contents: Contents } | { readonly problem: string };

/** A look at the folder. */
export type Look =
  | { readonly type: 'read'; readonly contents: Contents }
  /** One of the files is not there, is empty, or can’t be read. */
  | { readonly type: 'lacking'; readonly problem: string }
  /** They changed while they were read. */
  | { readonly type: 'changing' };

/** Three files of some kilobytes; whatever is larger is something else. */
const MOST_BYTES = 1024 * 1024;

/** Reads the three files as they stand at one moment. Each may be renamed into place at any time, and the folder may be a link. */
export function lookAt(folder: string): Look {
  const before = stateOf(folder);
  const contents: Partial<Record<FileName, Buffer>> = {};
  for (const name of FILES) {
    const path = join(folder, name);
    try {
      const { size } = regular(path);
      if (size > MOST_BYTES) return { type: 'lacking', problem: `${name} is too large to be one` };
      contents[name] = readFileSync(path);
    } catch (error) {
      return stateOf(folder) === before
        ? { type: 'lacking', problem: `${name} ${reasonOf(error)}` }
        : { type: 'changing' };
    }
    if (contents[name].toString('latin1').trim() === '') return { type: 'lacking', problem: `${name} is empty` };
  }
  // All three are there.
  return stateOf(folder) === before ? { type: 'read', contents: contents as Contents } : { type: 'changing' };
}

/** Nothing else is opened: a pipe without a writer would be waited for. */
function regular(path: string): Stats {
  const stats = statSync(path);
  if (!stats.isFile()) throw Object.assign(new Error(), { code: 'no file' });
  return stats;
}

/** Differs when any of the files, or what the folder is a link to, has been replaced or written to. */
function stateOf(folder: string): string {
  return [folder, ...FILES.map((name) => join(folder, name))]
    .map((path) => {
      try {
        const { ino, size, mtimeNs } = statSync(path, { bigint: true });
        const own = lstatSync(path, { bigint: true });
        return path === folder ? [realpathSync(path), ino].join() : [ino, size, mtimeNs, own.ino, own.mtimeNs].join();
      } catch {
        return '-';
      }
    })
    .join(' ');
}

function reasonOf(error: unknown): string {
  const code = types.isNativeError(error) && 'code' in error ? String(error.code) : 'unknown';
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'is not there';
  return code === 'EACCES' || code === 'EPERM' ? 'may not be read' : `can't be read (${code})`;
}
