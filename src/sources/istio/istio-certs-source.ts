import { setTimeout as wait } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { type Diagnostic, diagnostic } from '../../diagnostics/diagnostic';
import type { Document } from '../../model/document';
import { Debounce } from '../files/debounce';
import { FolderWatches } from '../files/folder-watches';
import type { Source, SourceState } from '../source';
import { ObjectDocument } from '../yaml/object-document';
import { type Contents, FILES, lookAt, type Verdict } from './certificate-files';

/** Times in milliseconds. */
export interface IstioCertsTiming {
  /** How long nothing may happen before the files are looked at: istio-agent renames one after the other. */
  readonly quietMs: number;
  readonly maxMs: number;
  /** How often they are looked at without any event. */
  readonly rescanMs: number;
  /** How long they may be wanting or not belong together before that is news, and how long the first of them are waited for. */
  readonly graceMs: number;
}

export interface IstioCertsOptions {
  readonly folder: string;
  /** Of the Secret: the install namespace. */
  readonly namespace: string;
  readonly judge: (contents: Contents) => Verdict;
  readonly timing?: Partial<IstioCertsTiming>;
}

const TIMING: IstioCertsTiming = { quietMs: 100, maxMs: 2_000, rescanMs: 1_000, graceMs: 5_000 };
/** The fixed name in Ambassador’s how-to. */
const SECRET = 'istio-certs';

/**
 * The Secret `istio-certs`, of the files that an istio-agent writes: key, certificate chain and roots, always of one renewal. While they do not belong
 * together, what did belong together stays.
 */
export class IstioCertsSource implements Source {
  readonly #options: IstioCertsOptions;
  readonly #timing: IstioCertsTiming;
  readonly #debounce: Debounce;
  readonly #watches: FolderWatches;
  #onState: ((state: SourceState) => void) | undefined;
  #rescan: NodeJS.Timeout | undefined;
  #document: Document | undefined;
  #finding: Diagnostic | undefined;
  #troubledSince: number | undefined;
  #published: SourceState | undefined;

  constructor(options: IstioCertsOptions) {
    this.#options = options;
    this.#timing = { ...TIMING, ...options.timing };
    const { quietMs, maxMs } = this.#timing;
    this.#debounce = new Debounce(quietMs, maxMs, () => this.#look());
    this.#watches = new FolderWatches(() => this.#debounce.trigger());
  }

  start(onState: (state: SourceState) => void): Promise<void> {
    this.#onState = onState;
    this.#look();
    this.#rescan = setInterval(() => this.#look(), this.#timing.rescanMs).unref();
    return Promise.resolve();
  }

  stop(): Promise<void> {
    this.#onState = undefined;
    this.#debounce.stop();
    clearInterval(this.#rescan);
    this.#watches.close();
    return Promise.resolve();
  }

  /** Reads the files once; where they are just being written, a little later. */
  async read(): Promise<SourceState> {
    for (let attempt = 0; attempt < 20; attempt += 1) {
      const problem = this.#take();
      if (problem === undefined) break;
      this.#finding = problem;
      if (problem.code === 'CS7030') break;
      await wait(this.#timing.quietMs);
    }
    return this.#state();
  }

  #look(): void {
    this.#debounce.rest();
    // Before the look: what happens in between is an event.
    this.#watches.follow(new Map([[this.#options.folder, '']]));
    const problem = this.#take();
    if (problem === undefined) this.#troubledSince = undefined;
    else this.#troubledSince ??= performance.now();
    const lasts = this.#troubledSince !== undefined && performance.now() - this.#troubledSince >= this.#timing.graceMs;
    this.#finding = lasts ? problem : undefined;
    if (this.#document === undefined && !lasts) return;
    const state = this.#state();
    if (this.#published !== undefined && isDeepStrictEqual(contentsOf(state), contentsOf(this.#published))) return;
    this.#published = state;
    this.#onState?.(state);
  }

  /** Takes the files over if they belong together; otherwise says why not. */
  #take(): Diagnostic | undefined {
    const { folder, namespace, judge } = this.#options;
    const found = lookAt(folder);
    if (found.type === 'changing') return this.#trouble('CS7031', 'the files are being written');
    if (found.type === 'lacking') return this.#trouble('CS7030', found.problem);
    const verdict = judge(found.contents);
    if ('problem' in verdict) return this.#trouble('CS7031', verdict.problem);
    const value = secretOf(namespace, verdict.contents);
    if (!isDeepStrictEqual(this.#document?.value, value))
      this.#document = new ObjectDocument(value, folder, { prevails: true });
    return undefined;
  }

  #trouble(code: 'CS7030' | 'CS7031', problem: string): Diagnostic {
    const { folder, namespace } = this.#options;
    return {
      ...diagnostic(code, {
        message: `${folder}: ${problem}`,
        ...(this.#document === undefined && { subject: { kind: 'Secret', namespace, name: SECRET } }),
        location: { file: folder, line: 1, column: 1 },
      }),
      ...(this.#document !== undefined && { consequence: 'what was there before stays in service' }),
    };
  }

  #state(): SourceState {
    return {
      documents: this.#document === undefined ? [] : [this.#document],
      diagnostics: this.#finding === undefined ? [] : [this.#finding],
      synced: true,
      readSeconds: 0,
    };
  }
}

function secretOf(namespace: string, contents: Contents) {
  const data: Readonly<Record<string, string>> = Object.fromEntries(
    FILES.map((name) => [name, contents[name].toString('base64')]),
  );
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: SECRET, namespace },
    type: 'istio.io/key-and-cert',
    data,
  };
}

function contentsOf({ documents, diagnostics }: SourceState) {
  return [documents[0]?.value, diagnostics];
}
