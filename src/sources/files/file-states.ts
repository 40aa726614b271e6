import { join, sep } from 'node:path';
import { diagnostic, type Diagnostic } from '../../diagnostics/diagnostic';
import type { Document } from '../../model/document';
import { type ReadFile, readDocuments, refusedFile, tooLarge } from '../yaml/read-documents';
import { type Folders, type ListedFile, type Listing, type Unreachable, asError, listFiles } from './list-files';
import { readListedFile } from './read-file';

/** What is known of one file. */
interface FileState {
  readonly signature: string;
  /** What counts: of the last reading, or of the last good one where the last reading failed. */
  readonly documents: readonly Document[];
  readonly diagnostics: readonly Diagnostic[];
  /** The last reading that could be parsed to the end. */
  readonly good: ReadFile | undefined;
  /** The reading whose parsed text the next one may reuse. */
  readonly cache: ReadFile;
}

/** The outcome of looking at every file once. */
export interface Pass {
  /** False if something was seen to change and should be looked at again before it counts. */
  readonly settled: boolean;
  readonly folders: Folders;
  /** Paths that the user named and that can't be read. */
  readonly unreachable: readonly Unreachable[];
}

const BELOW = '; what was read below it stays in use';
const KEPT = '; the last good version of the file stays in use';

/**
 * The files of a source between two looks at the disk. A change counts once it was seen twice with nothing happening in
 * between, so that half-written and half-renamed files are never read; the caller decides how far apart the looks are.
 */
export class FileStates {
  readonly #paths: readonly string[];
  #states = new Map<string, FileState>();
  /** Files that could be listed but not read. */
  #unreadable = new Map<string, Unreachable>();
  /** Changes seen once, by file: the new signature, or that the file is gone. */
  #pending = new Map<string, string>();

  /** @param restored the last good reading of each file before the process started */
  constructor(paths: readonly string[], restored: ReadonlyMap<string, readonly Document[]> = new Map()) {
    this.#paths = paths;
    for (const [name, documents] of restored) this.#states.set(name, restoredState(documents));
  }

  documents(): readonly Document[] {
    return [...this.#states.values()].flatMap(({ documents }) => documents);
  }

  /** The documents of the last good reading of each file, by name. */
  good(): ReadonlyMap<string, readonly Document[]> {
    return new Map([...this.#states].flatMap(([name, { good }]) => (good ? [[name, good.documents] as const] : [])));
  }

  diagnostics(): readonly Diagnostic[] {
    return [...this.#states.values()].flatMap(({ diagnostics }) => diagnostics);
  }

  /** Looks at every file. What last changed before `quietSince` (milliseconds since the epoch) counts at first sight. */
  look(quietSince: number): Pass {
    const listing = listFiles(this.#paths);
    const pending = new Map<string, string>();
    const states = new Map<string, FileState>();
    for (const entry of listing.entries) {
      const state = this.#lookAt(entry, quietSince, pending);
      if (state !== undefined) states.set(entry.name, state);
    }
    this.#keepBelowUnreachable(listing, states);
    this.#keepJustGone(listing, states, pending, quietSince);
    const settled = pending.size === 0 && listing.isCurrent();
    this.#pending = pending;
    this.#states = states;
    const unreachable = listing.entries
      .flatMap((entry) => (entry.type === 'unreachable' ? entry : (this.#unreadable.get(entry.name) ?? [])))
      .filter(({ named }) => named);
    return { settled, folders: listing.folders, unreachable };
  }

  #lookAt(entry: ListedFile | Unreachable, quietSince: number, pending: Map<string, string>): FileState | undefined {
    const known = this.#states.get(entry.name);
    const signature = entry.type === 'file' ? entry.signature : `unreachable: ${reasonOf(entry.error)}`;
    if (known?.signature === signature) return known;
    const quiet = entry.type === 'file' ? entry.changedAt < quietSince : quietSince === Number.POSITIVE_INFINITY;
    if (!quiet && this.#pending.get(entry.name) !== signature) {
      pending.set(entry.name, signature);
      return known;
    }
    const read =
      entry.type === 'file' ? this.#read(entry, known?.cache) : refusedFile(unreadable(entry.name, entry.error));
    if (read === 'changed') {
      pending.set(entry.name, 'changed while it was read');
      return known;
    }
    return nextState(signature, read, known);
  }

  #read(file: ListedFile, cache: ReadFile | undefined): ReadFile | 'changed' {
    this.#unreadable.delete(file.name);
    try {
      const content = readListedFile(file);
      if (content.type === 'changed') return 'changed';
      if (content.type === 'too_large') return refusedFile(tooLarge(file.name));
      return readDocuments(file.name, content.bytes, cache);
    } catch (cause) {
      const error = asError(cause);
      this.#unreadable.set(file.name, { type: 'unreachable', name: file.name, error, named: file.named });
      return refusedFile(unreadable(file.name, error));
    }
  }

  /** A folder that can't be listed says nothing about its files: an unmounted volume must not delete every definition. */
  #keepBelowUnreachable(listing: Listing, states: Map<string, FileState>): void {
    for (const { type, name: folder } of listing.entries) {
      if (type !== 'unreachable') continue;
      const below = [...this.#states].filter(([name]) => name.startsWith(join(folder, sep)));
      for (const [name, state] of below) states.set(name, state);
      const own = states.get(folder);
      if (below.length > 0 && own !== undefined) states.set(folder, keeping(own));
    }
  }

  #keepJustGone(
    listing: Listing,
    states: Map<string, FileState>,
    pending: Map<string, string>,
    quietSince: number,
  ): void {
    if (quietSince === Number.POSITIVE_INFINITY) return;
    const listed = new Set(listing.entries.map(({ name }) => name));
    for (const [name, state] of this.#states) {
      if (states.has(name) || listed.has(name) || this.#pending.get(name) === 'gone') continue;
      pending.set(name, 'gone');
      states.set(name, state);
    }
  }
}

/** Of a signature that no file has, so that the file is read whatever it is. */
function restoredState(documents: readonly Document[]): FileState {
  const good: ReadFile = { documents, diagnostics: [], broken: false, parts: new Map() };
  return { signature: '', documents, diagnostics: [], good, cache: good };
}

/** The same state object each time, so that a state that did not change is not told again. */
const kept = new WeakMap<FileState, FileState>();

function keeping(state: FileState): FileState {
  let known = kept.get(state);
  if (known === undefined) {
    const diagnostics = state.diagnostics.map((finding) => ({ ...finding, message: `${finding.message}${BELOW}` }));
    known = { ...state, diagnostics };
    kept.set(state, known);
    kept.set(known, known);
  }
  return known;
}

function nextState(signature: string, read: ReadFile, known: FileState | undefined): FileState {
  const good = known?.good;
  if (!read.broken)
    return { signature, documents: read.documents, diagnostics: read.diagnostics, good: read, cache: read };
  if (good === undefined)
    return { signature, documents: read.documents, diagnostics: read.diagnostics, good, cache: read };
  // About no definition: what it defined is in service.
  const diagnostics = read.diagnostics.map(({ subject: _kept, ...finding }) => ({
    ...finding,
    message: `${finding.message}${KEPT}`,
  }));
  return { signature, documents: good.documents, diagnostics, good, cache: read.parts.size > 0 ? read : good };
}

function unreadable(name: string, error: Error): Diagnostic {
  return diagnostic('CS1001', {
    message: `${name} cannot be read: ${reasonOf(error)}`,
    location: { file: name, line: 1, column: 1 },
  });
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EISDIR: 'it is a folder',
  ELOOP: 'its symbolic links form a loop',
  ENOENT: 'it does not exist',
  ENOTDIR: 'a part of its path is no folder',
  EPERM: 'permission denied',
};

export function reasonOf(error: Error): string {
  const code = 'code' in error ? String(error.code) : error.name;
  return REASONS[code] ?? code;
}
