import { type BigIntStats, type Dirent, readdirSync, readlinkSync, realpathSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { types } from 'node:util';
import { maskPrivateKeys } from '../../model/redaction';

/** A file to read. */
export interface ListedFile {
  readonly type: 'file';
  /** As the user named it, or below a folder that the user named; without a private key, should there be one in it. */
  readonly name: string;
  /** Where it is read from: the same, but for Kubernetes' `..data`, which is resolved once per listing. */
  readonly target: string;
  /** True if the user named this path itself. */
  readonly named: boolean;
  /** False for a pipe or device that the user named; it can be read only once. */
  readonly regular: boolean;
  /** Changes whenever the content may have. */
  readonly signature: string;
  /** When content or attributes last changed, in milliseconds since the epoch. */
  readonly changedAt: number;
}

/** Something that should be there and can't be listed. */
export interface Unreachable {
  readonly type: 'unreachable';
  readonly name: string;
  readonly error: Error;
  /** True if the user named this path itself. */
  readonly named: boolean;
}

/** Folders by real path, each with what tells it from another one that takes its place. */
export type Folders = ReadonlyMap<string, string>;

export interface Listing {
  /** Sorted by how they are named on the command line, then by name. */
  readonly entries: readonly (ListedFile | Unreachable)[];
  /** Folders whose changes change the listing. */
  readonly folders: Folders;
  /** False once a `..data` link was swapped, so that what is read may be of two minds. */
  isCurrent(): boolean;
}

const DEFINITIONS = /\.(?:ya?ml|json)$/i;
/** Kubernetes mounts ConfigMaps and Secrets as links into a folder that it replaces by swapping this link. */
const DATA_LINK = '..data';

/**
 * Lists the definition files of files and folders. Folders are walked in order of names; entries that begin with a dot are
 * passed over. Every file and folder is taken once, by whatever name comes first, so loops of links end.
 */
export function listFiles(paths: readonly string[]): Listing {
  const walk = new Walk();
  for (const path of paths) walk.named(path);
  const links = [...walk.dataLinks];
  return {
    entries: walk.entries,
    folders: walk.folders,
    isCurrent: () => links.every(([folder, data]) => resolveDataLink(folder) === data),
  };
}

class Walk {
  readonly entries: (ListedFile | Unreachable)[] = [];
  readonly folders = new Map<string, string>();
  /** By folder, where its `..data` led. */
  readonly dataLinks = new Map<string, string>();
  readonly #seen = new Set<string>();

  named(path: string): void {
    this.#attempt(path, true, () => {
      const stats = statSync(path, { bigint: true });
      if (stats.isDirectory()) this.#folder(path, path, stats);
      else this.#file(path, path, stats, true);
    });
    this.#watch(stillThere(dirname(path)));
  }

  #folder(name: string, target: string, stats: BigIntStats): void {
    if (this.#isKnown(stats)) return;
    this.#watch(realpathSync(target));
    const data = resolveDataLink(target);
    if (data !== undefined) this.dataLinks.set(target, data);
    for (const entry of readdirSync(target, { withFileTypes: true }).sort(byName)) {
      if (entry.name.startsWith('.')) continue;
      const child = join(name, entry.name);
      this.#attempt(child, false, () => this.#entry(child, entry, target, data));
    }
  }

  #entry(name: string, entry: Dirent, folder: string, data: string | undefined): void {
    const direct = join(folder, entry.name);
    const target = entry.isSymbolicLink() ? throughDataLink(direct, data) : direct;
    if (entry.isFile() && !DEFINITIONS.test(entry.name)) return;
    if (entry.isSymbolicLink() && target === direct && DEFINITIONS.test(entry.name))
      this.#watch(stillThere(dirname(realpathSync(direct))));
    const stats = statSync(target, { bigint: true });
    if (stats.isDirectory()) this.#folder(name, target, stats);
    else if (stats.isFile() && DEFINITIONS.test(entry.name)) this.#file(name, target, stats, false);
  }

  #file(name: string, target: string, stats: BigIntStats, named: boolean): void {
    if (this.#isKnown(stats)) return;
    this.entries.push({
      type: 'file',
      name: maskPrivateKeys(name),
      target,
      named,
      regular: stats.isFile(),
      signature: stats.isFile() ? signatureOf(stats) : 'read once',
      changedAt: Number(stats.ctimeMs),
    });
  }

  #isKnown(stats: BigIntStats): boolean {
    const identity = identityOf(stats);
    if (this.#seen.has(identity)) return true;
    this.#seen.add(identity);
    return false;
  }

  #watch(folder: string | undefined): void {
    if (folder === undefined || this.folders.has(folder)) return;
    const stats = statSync(folder, { bigint: true, throwIfNoEntry: false });
    if (stats !== undefined) this.folders.set(folder, identityOf(stats));
  }

  /** A name that ends in no definition and can't be reached is nobody's loss, unless the user named it. */
  #attempt(name: string, named: boolean, list: () => void): void {
    try {
      list();
    } catch (error) {
      if (named || DEFINITIONS.test(name) || !isMissing(error))
        this.entries.push({ type: 'unreachable', name: maskPrivateKeys(name), error: asError(error), named });
    }
  }
}

function identityOf(stats: BigIntStats): string {
  return `${stats.dev}:${stats.ino}`;
}

/** Which content a file had: its place on the disk, size and times of change. */
export function signatureOf(stats: BigIntStats): string {
  return `${stats.dev}:${stats.ino}:${stats.size}:${stats.mtimeNs}:${stats.ctimeNs}`;
}

function resolveDataLink(folder: string): string | undefined {
  try {
    return realpathSync(join(folder, DATA_LINK));
  } catch {
    return undefined;
  }
}

function throughDataLink(link: string, data: string | undefined): string {
  if (data === undefined) return link;
  const destination = readlinkSync(link);
  return destination.startsWith(`${DATA_LINK}/`) ? join(data, destination.slice(DATA_LINK.length + 1)) : link;
}

/** The folder itself, or the nearest one above it that exists. */
function stillThere(folder: string): string | undefined {
  for (let current = folder; ; current = dirname(current)) {
    try {
      return realpathSync(current);
    } catch {
      if (current === dirname(current)) return undefined;
    }
  }
}

function isMissing(error: unknown): boolean {
  return types.isNativeError(error) && 'code' in error && (error.code === 'ENOENT' || error.code === 'ELOOP');
}

export function asError(error: unknown): Error {
  return types.isNativeError(error) ? error : new Error(String(error));
}

function byName(a: Dirent, b: Dirent): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}
