import { createHash, randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { types } from 'node:util';
import type { Compilation } from '../compile';
import { type Diagnostic, diagnostic } from '../diagnostics/diagnostic';
import { keyOf } from '../model/definition';
import { secretReferences } from '../resolution/secret-references';
import {
  contentsOf,
  enclose,
  type Form,
  FRESH_BYTES,
  type Memory,
  open,
  readContents,
  type Restored,
  restore,
  type StoredCertificate,
  writeContents,
} from '../state';
import type { Logger } from './log';
import { readStateKey } from './state-key';
import { StateFolder } from './state-folder';

/** How long changes are gathered before they are written, in milliseconds. */
const QUIET_MS = 200;

export interface StateOptions {
  readonly folder: string;
  /** Absent: no Secret is written. */
  readonly keyFile?: string;
}

/** What `/status` and the metrics say of the state. */
export interface StateStatus {
  readonly form: Form;
  /** ISO 8601; absent: not yet by this process. */
  readonly writtenAt?: string;
  readonly failedWrites: number;
  readonly restored: {
    readonly definitions: number;
    readonly files: number;
    /** When that was written: ISO 8601. */
    readonly savedAt?: string;
  };
}

/** What is last good, kept on disk across restarts. A state that can't be used or written never keeps anything from being served. */
export class LastGoodState {
  readonly restored: Restored | undefined;
  readonly #folder: StateFolder;
  readonly #key: Buffer | undefined;
  readonly #scope: string;
  readonly #log: Logger;
  readonly #now: () => Date;
  readonly #refused: Diagnostic | undefined;
  #unwritten: Diagnostic | undefined;
  #lost: readonly StoredCertificate[];
  #losses: readonly Diagnostic[] = [];
  #writtenAt: Date | undefined;
  #failedWrites = 0;
  #written = '';
  #next: (() => Memory) | undefined;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();

  private constructor(
    folder: StateFolder,
    key: Buffer | undefined,
    scope: string,
    found: { readonly restored?: Restored; readonly refused?: Diagnostic },
    { log, now }: { readonly log: Logger; readonly now: () => Date },
  ) {
    this.#folder = folder;
    this.#key = key;
    this.#scope = scope;
    this.restored = found.restored;
    this.#refused = found.refused;
    this.#lost = found.restored?.certificates ?? [];
    this.#log = log;
    this.#now = now;
  }

  /**
   * Takes the folder and reads what is in it.
   * @throws CommandFailure for a folder or key that can't be used
   */
  static async open(
    { folder: path, keyFile }: StateOptions,
    paths: readonly string[],
    world: { readonly log: Logger; readonly now: () => Date },
  ): Promise<LastGoodState> {
    const key = keyFile === undefined ? undefined : await readStateKey(keyFile);
    const folder = await StateFolder.open(path);
    const scope = scopeOf(paths);
    const found = await find(folder, key, scope);
    const restored =
      'contents' in found ? restore(found.contents, key === undefined ? 'keyless' : 'sealed') : undefined;
    if ('problem' in found) await folder.setAside().catch(() => undefined);
    const refused = 'problem' in found ? refusedState(path, found.problem) : undefined;
    if (refused !== undefined) world.log.error({ code: refused.code, finding: refused.message }, 'state refused');
    if (restored !== undefined)
      world.log.info(
        {
          savedAt: restored.savedAt.toISOString(),
          definitions: restored.lastGood.size,
          files: restored.files.size,
          refused: restored.refused,
        },
        'state restored',
      );
    return new LastGoodState(folder, key, scope, { ...(restored && { restored }), ...(refused && { refused }) }, world);
  }

  /** Writes what is last good now, soon; of many changes the last. */
  changed(memory: () => Memory, compilation: Compilation): void {
    this.#tellLosses(compilation);
    this.#next = memory;
    this.#timer ??= setTimeout(() => this.#write(), QUIET_MS).unref();
  }

  get status(): StateStatus {
    const { restored } = this;
    return {
      form: this.#form,
      failedWrites: this.#failedWrites,
      ...(this.#writtenAt && { writtenAt: this.#writtenAt.toISOString() }),
      restored: {
        definitions: restored?.lastGood.size ?? 0,
        files: restored?.files.size ?? 0,
        ...(restored && { savedAt: restored.savedAt.toISOString() }),
      },
    };
  }

  get diagnostics(): readonly Diagnostic[] {
    return [this.#refused, this.#unwritten, ...this.#losses].filter((finding) => finding !== undefined);
  }

  /** Writes what is still to be written, and lets the folder go. */
  async close(): Promise<void> {
    this.#write();
    await this.#writing;
    await this.#folder.close();
  }

  get #form(): Form {
    return this.#key === undefined ? 'keyless' : 'sealed';
  }

  #write(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    try {
      const memory = this.#next?.();
      this.#next = undefined;
      if (memory !== undefined) this.#enqueue(memory);
    } catch (error) {
      // A bug of ours in a timer would end the process, and what it is to outlive.
      this.#failed(error);
    }
  }

  #enqueue(memory: Memory): void {
    const contents = contentsOf(memory, this.#form, this.#now(), this.#lost);
    const digest = createHash('sha256')
      .update(writeContents({ ...contents, savedAt: '' }))
      .digest('hex');
    if (digest === this.#written) return;
    const bytes = enclose(writeContents(contents), { key: this.#key, scope: this.#scope }, randomBytes(FRESH_BYTES));
    this.#writing = this.#writing.then(() => this.#put(bytes, digest));
  }

  async #put(bytes: Buffer, digest: string): Promise<void> {
    try {
      await this.#folder.write(bytes);
      this.#written = digest;
      this.#writtenAt = this.#now();
      if (this.#unwritten !== undefined) this.#log.info('state written again');
      this.#unwritten = undefined;
    } catch (error) {
      this.#failed(error);
    }
  }

  #failed(error: unknown): void {
    this.#failedWrites += 1;
    const problem = types.isNativeError(error) && 'code' in error ? String(error.code) : 'unknown';
    this.#unwritten = diagnostic('CS6008', { message: `the state cannot be written: ${problem}` });
    this.#log.warn({ code: 'CS6008', problem }, 'state not written; serving goes on');
  }

  /** A certificate that served before the restart, is still named, and has nothing in its place. */
  #tellLosses({ lastGood, definitions }: Compilation): void {
    if (this.#lost.length === 0) return;
    const named = new Set(
      definitions
        .groups()
        .flatMap((group) => secretReferences(definitions.forGroup(group)))
        .map(({ reference: { namespace, name } }) => keyOf({ kind: 'Secret', namespace, name })),
    );
    const told = new Set(this.#losses.map(({ message }) => message));
    this.#lost = this.#lost.filter(({ key }) => named.has(key) && !lastGood.has(key));
    this.#losses = this.#lost.map(lostCertificate);
    for (const { code, message } of this.#losses)
      if (!told.has(message)) this.#log.warn({ code, finding: message }, 'good certificate lost');
  }
}

type Found =
  | { readonly contents: NonNullable<ReturnType<typeof readContents>> }
  | { readonly problem: string }
  | { readonly nothing: true };

async function find(folder: StateFolder, key: Buffer | undefined, scope: string): Promise<Found> {
  const file = await folder.read();
  if (file.type === 'none') return { nothing: true };
  if (file.type === 'refused') return { problem: file.problem };
  const opened = open(file.bytes, { key, scope });
  if ('problem' in opened) return opened;
  const contents = readContents(opened.body);
  return contents === undefined ? { problem: 'its content is not understood' } : { contents };
}

/** The same for the same paths in whichever order. */
function scopeOf(paths: readonly string[]): string {
  const absolute = paths.map((path) => (path === '-' ? path : resolve(path))).toSorted();
  return createHash('sha256').update(JSON.stringify(absolute)).digest('hex');
}

function refusedState(path: string, problem: string): Diagnostic {
  return {
    ...diagnostic('CS6007', { message: `the state in ${path} is not used: ${problem}` }),
    consequence: 'nothing from before the restart is known; what is good in the input is served',
  };
}

function lostCertificate({ key, subject, fingerprint, notAfter, keptSince }: StoredCertificate): Diagnostic {
  const [, place = ''] = key.split(' ');
  const [namespace = '', name = ''] = place.split('/');
  return diagnostic('CS6009', {
    message: `${key} served ${subject} (SHA-256 ${fingerprint}, until ${notAfter})${keptSince === undefined ? '' : `, as the last good one since ${keptSince},`} before the restart, and it is lost: the state holds no keys`,
    subject: { kind: 'Secret', namespace, name },
  });
}
