import { types } from 'node:util';
import { type Api, ApiError } from './api';
import { readObject } from './api-object';
import type { Reflector } from './reflector';
import { pathOf, SECRETS } from './resource';
import { bare, type SecretEntry, secretEntry } from './secret-entry';

/** Secrets that are fetched at once. */
const AT_ONCE = 16;

/** Why a Secret could not be had. */
export interface SecretFailure {
  readonly namespace: string;
  readonly name: string;
  readonly message: string;
}

/** Fetches what Secrets hold as far as definitions refer to it; of all others nothing is kept but that they are there. */
export class SecretReader {
  readonly #api: Api;
  #wanted: ReadonlySet<string> = new Set();
  /** Listed, and gone when they were asked for: the watch will tell. */
  readonly #gone = new WeakSet<SecretEntry>();

  constructor(api: Api) {
    this.#api = api;
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
   * Gets what is wanted of Secrets of which nothing was kept, and lets go of what is wanted no longer. Returns what is in the way, where
   * one can’t be had; that it is gone meanwhile is not.
   */
  async complete(reflectors: readonly Reflector<SecretEntry>[]): Promise<SecretFailure | undefined> {
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
