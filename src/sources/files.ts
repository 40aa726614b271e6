import { setTimeout as wait } from 'node:timers/promises';
import { Debounce } from './files/debounce';
import { FileStates, type Pass, reasonOf } from './files/file-states';
import { FolderWatches } from './files/folder-watches';
import { readStream } from './files/read-stream';
import { diagnostic } from '../diagnostics/diagnostic';
import type { Document } from '../model/document';
import { isSameState } from './same-state';
import type { Source, SourceState } from './source';
import type { ReadFile } from './yaml/read-documents';

const STDIN = '-';
const STDIN_NAME = '<stdin>';
const NOTHING: ReadFile = { documents: [], diagnostics: [], broken: false, parts: new Map() };

/** The same each time, so that nothing seems to have changed. */
const EMPTY = [diagnostic('CS1036', { message: 'there is not one definition in what is to be read' })];

/** Times in milliseconds. */
export interface FilesTiming {
  /** How long nothing may happen before changes are looked at, and between two looks at a changed file. */
  readonly quietMs: number;
  /** How long a change may be held back by others that go on. */
  readonly maxMs: number;
  /** How often the files are looked at without any event, in case the operating system lost one. */
  readonly rescanMs: number;
}

const TIMING: FilesTiming = { quietMs: 100, maxMs: 10_000, rescanMs: 30_000 };

/**
 * Reads files, folders and `-` (standard input) once.
 * @throws Error with a cause, if one of the paths can't be read.
 */
export async function readPaths(
  paths: readonly string[],
  stdin: AsyncIterable<unknown> = process.stdin,
): Promise<SourceState> {
  const piped = paths.includes(STDIN) ? await readStream(STDIN_NAME, stdin) : NOTHING;
  const start = performance.now();
  const states = new FileStates(paths.filter((path) => path !== STDIN));
  let pass = states.look(Number.POSITIVE_INFINITY);
  for (let attempt = 0; attempt < 20 && !pass.settled; attempt++) {
    await wait(TIMING.quietMs);
    pass = states.look(Number.POSITIVE_INFINITY);
  }
  refuseUnreachable(pass);
  return stateOf(piped, states, (performance.now() - start) / 1000);
}

/** Files and folders, watched. Standard input is read to its end at the start and stays as it was. */
export class FilesSource implements Source {
  readonly #paths: readonly string[];
  readonly #stdin: AsyncIterable<unknown>;
  readonly #timing: FilesTiming;
  readonly #states: FileStates;
  readonly #debounce: Debounce;
  readonly #watches: FolderWatches;
  #readSeconds = 0;
  #piped: ReadFile = NOTHING;
  #onState: ((state: SourceState) => void) | undefined;
  #published: SourceState | undefined;
  #rescan: NodeJS.Timeout | undefined;

  constructor(
    paths: readonly string[],
    options: {
      readonly timing?: Partial<FilesTiming>;
      readonly stdin?: AsyncIterable<unknown>;
      /** The last good reading of each file before the process started: used while a file can't be read now. */
      readonly restored?: ReadonlyMap<string, readonly Document[]>;
    } = {},
  ) {
    this.#paths = paths;
    this.#stdin = options.stdin ?? process.stdin;
    this.#timing = { ...TIMING, ...options.timing };
    this.#states = new FileStates(
      paths.filter((path) => path !== STDIN),
      options.restored,
    );
    this.#debounce = new Debounce(this.#timing.quietMs, this.#timing.maxMs, (late) => this.#look(late));
    this.#watches = new FolderWatches(() => this.#debounce.trigger());
  }

  async start(onState: (state: SourceState) => void): Promise<void> {
    this.#onState = onState;
    if (this.#paths.includes(STDIN)) this.#piped = await readStream(STDIN_NAME, this.#stdin);
    const deadline = performance.now() + this.#timing.maxMs;
    let pass = this.#timedLook();
    while (!pass.settled && performance.now() < deadline) {
      await wait(this.#timing.quietMs);
      pass = this.#timedLook();
    }
    refuseUnreachable(pass);
    this.#publish();
    if (this.#onState === undefined) return;
    this.#watches.follow(pass.folders);
    this.#rescan = setInterval(() => this.#debounce.trigger(), this.#timing.rescanMs).unref();
  }

  /** The documents of the last good reading of each file, by name. */
  lastGood(): ReadonlyMap<string, readonly Document[]> {
    return this.#states.good();
  }

  stop(): Promise<void> {
    this.#onState = undefined;
    this.#debounce.stop();
    clearInterval(this.#rescan);
    this.#watches.close();
    return Promise.resolve();
  }

  #look(late: boolean): void {
    const pass = this.#timedLook();
    this.#watches.follow(pass.folders);
    if (pass.settled || late) {
      this.#debounce.rest();
      this.#publish();
    }
    if (!pass.settled) this.#debounce.trigger();
  }

  #timedLook(): Pass {
    const start = performance.now();
    const pass = this.#states.look(this.#quietSince());
    this.#readSeconds += (performance.now() - start) / 1000;
    return pass;
  }

  /** A file that has not changed for ten quiet times is no longer being written. */
  #quietSince(): number {
    return Date.now() - 10 * this.#timing.quietMs;
  }

  #publish(): void {
    const state = stateOf(this.#piped, this.#states, this.#readSeconds);
    this.#readSeconds = 0;
    if (this.#published !== undefined && isSameState(state, this.#published)) return;
    this.#published = state;
    this.#onState?.(state);
  }
}

function stateOf(piped: ReadFile, states: FileStates, readSeconds: number): SourceState {
  const documents = [...piped.documents, ...states.documents()];
  const diagnostics = [...piped.diagnostics, ...states.diagnostics()];
  const empty = documents.length === 0 && diagnostics.length === 0;
  return { readSeconds, documents, diagnostics: empty ? EMPTY : diagnostics, synced: true };
}

function refuseUnreachable({ unreachable }: Pass): void {
  const [first] = unreachable;
  if (first !== undefined)
    throw new Error(`cannot read ${first.name}: ${reasonOf(first.error)}`, { cause: first.error });
}
