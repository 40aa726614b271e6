import { types } from 'node:util';
import { type Diagnostic, diagnostic } from '../../diagnostics/diagnostic';
import { type Api, ApiError } from './api';
import { readObject } from './api-object';
import { Backoff } from './backoff';
import type { Reflector } from './reflector';
import { pathOf, SECRETS } from './resource';
import { bare, type SecretEntry, secretEntry } from './secret-entry';

/** Secrets that are fetched at once. */
const AT_ONCE = 16;

/** While Secrets are read, others may come to be wanted: so often. */
const MOST_ROUNDS = 5;
/** How often it is tried to get a Secret that can’t be had, and how long nothing is yielded meanwhile; milliseconds. */
const RETRY_MS = 500;
const LONGEST_RETRY_MS = 10_000;
const HOLD_MS = 30_000;

export interface SecretReaderOptions {
  /** It is time to try again. */
  readonly again: () => void;
  /** Once for each time that Secrets can’t be had, with the path of the first of them. */
  readonly onTrouble: (path: string, message: string) => void;
}

/** Why a Secret could not be had. */
interface SecretFailure {
  readonly namespace: string;
  readonly name: string;
  readonly message: string;
}

/** Fetches what Secrets hold as far as definitions refer to it; of all others nothing is kept but that they are there. */
export class SecretReader {
  readonly #api: Api;
  readonly #options: SecretReaderOptions;
  #wanted: ReadonlySet<string> = new Set();
  /** Listed, and gone when they were asked for: the watch will tell. */
  readonly #gone = new WeakSet<SecretEntry>();

  /** What can’t be had, since when, and how often it was tried. */
  #failing: { readonly finding: Diagnostic; readonly sinceMs: number; readonly backoff: Backoff } | undefined;
  #retry: NodeJS.Timeout | undefined;

  constructor(api: Api, options: SecretReaderOptions) {
    this.#api = api;
    this.#options = options;
  }

  get findings(): readonly Diagnostic[] {
    return this.#failing === undefined ? [] : [this.#failing.finding];
  }

  stop(): void {
    clearTimeout(this.#retry);
  }

  /** `namespace/name` of those that definitions refer to. */
  want(names: ReadonlySet<string>): void {
    this.#wanted = names;
  }

  wants({ namespace = '', name }: { readonly namespace?: string; readonly name: string }): boolean {
    return this.#wanted.has(`${namespace}/${name}`);
  }

  /** Whether everything that is wanted, and there, is kept. */
  has(reflectors: readonly Reflector<SecretEntry>[]): boolean {
    return reflectors.every((reflector) => this.#missing(reflector).every(([, entry]) => this.#gone.has(entry)));
  }

  /**
   * Reads what is wanted of Secrets, also of those that come to be wanted meanwhile. Whether that is done: a definition that names a Secret
   * must not be seen without it only because its answer is late. One that can’t be had at all holds up the others for a while, not for ever.
   *
   * @param findWants is to call `want` with what is wanted now
   */
  async haveAll(reflectors: readonly Reflector<SecretEntry>[], findWants: () => void): Promise<boolean> {
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      const failure = await this.#getAll(reflectors);
      if (failure !== undefined) return this.#isHeldUp(failure);
      this.#failing = undefined;
      findWants();
      if (this.has(reflectors)) break;
    }
    return true;
  }

  /** Tries again later; whether it has been waited long enough. */
  #isHeldUp({ namespace, name, message }: SecretFailure): boolean {
    const nowMs = performance.now();
    if (this.#failing === undefined) this.#options.onTrouble(`${pathOf(SECRETS, namespace)}/${name}`, message);
    const { sinceMs, backoff } = this.#failing ?? {
      sinceMs: nowMs,
      backoff: new Backoff(RETRY_MS, LONGEST_RETRY_MS),
    };
    const subject = { kind: 'Secret', namespace, name };
    const finding = diagnostic('CS6010', {
      message: `Secret ${namespace}/${name} cannot be read: ${message}`,
      subject,
    });
    this.#failing = { finding, sinceMs, backoff };
    this.#retry ??= setTimeout(() => {
      this.#retry = undefined;
      this.#options.again();
    }, backoff.next()).unref();
    return nowMs - sinceMs >= HOLD_MS;
  }

  /**
   * Gets what is wanted of Secrets of which nothing was kept, and lets go of what is wanted no longer. Returns what is in the way, where
   * one can’t be had; that it is gone meanwhile is not.
   */
  async #getAll(reflectors: readonly Reflector<SecretEntry>[]): Promise<SecretFailure | undefined> {
    const failures: SecretFailure[] = [];
    for (const reflector of reflectors) failures.push(...(await this.#complete(reflector)));
    return failures[0];
  }

  #missing(reflector: Reflector<SecretEntry>): readonly (readonly [string, SecretEntry])[] {
    return [...reflector.collection.entries].filter(([key, { kept }]) => kept === undefined && this.#wanted.has(key));
  }

  async #complete(reflector: Reflector<SecretEntry>): Promise<readonly SecretFailure[]> {
    const missing = this.#missing(reflector);
    const fetched = new Map<string, SecretEntry>();
    const failures: SecretFailure[] = [];
    for (let start = 0; start < missing.length; start += AT_ONCE)
      await Promise.all(
        missing.slice(start, start + AT_ONCE).map(async ([key, entry]) => {
          const found = await this.#fetch(entry);
          if (found === 'gone') this.#gone.add(entry);
          else if ('message' in found) failures.push(found);
          else fetched.set(key, found);
        }),
      );
    reflector.revise((key, entry) => {
      const found = fetched.get(key);
      if (!this.#wanted.has(key)) return bare(entry);
      return entry.kept === undefined && found !== undefined ? found : entry;
    });
    return failures;
  }

  async #fetch({ namespace, name }: SecretEntry): Promise<SecretEntry | SecretFailure | 'gone'> {
    try {
      const object = readObject(await this.#api.json({ path: `${pathOf(SECRETS, namespace)}/${name}` }));
      return object === undefined ? 'gone' : secretEntry(object, undefined, { isWanted: true, isListed: false });
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return 'gone';
      return { namespace, name, message: types.isNativeError(error) ? error.message : 'unknown' };
    }
  }
}
