import { type Api, ApiError } from './api';
import { readObject } from './api-object';
import type { Reflector } from './reflector';
import { pathOf, SECRETS } from './resource';
import { bare, type SecretEntry, secretEntry } from './secret-entry';

/** Secrets that are fetched at once. */
const AT_ONCE = 16;

/** Fetches what Secrets hold as far as definitions refer to it; of all others nothing is kept but that they are there. */
export class SecretReader {
  readonly #api: Api;
  readonly #onFailure: () => void;
  #wanted: ReadonlySet<string> = new Set();

  /** @param onFailure told where a Secret could not be had, which is to be tried again */
  constructor(api: Api, onFailure: () => void) {
    this.#api = api;
    this.#onFailure = onFailure;
  }

  /** `namespace/name` of those that definitions refer to. */
  want(names: ReadonlySet<string>): void {
    this.#wanted = names;
  }

  wants({ namespace = '', name }: { readonly namespace?: string; readonly name: string }): boolean {
    return this.#wanted.has(`${namespace}/${name}`);
  }

  /** Gets what is wanted of Secrets of which nothing was kept, and lets go of what is wanted no longer. */
  async complete(reflector: Reflector<SecretEntry>): Promise<void> {
    const missing = [...reflector.collection.entries].filter(
      ([key, { kept }]) => kept === undefined && this.#wanted.has(key),
    );
    const fetched = new Map<string, SecretEntry>();
    for (let start = 0; start < missing.length; start += AT_ONCE)
      await Promise.all(
        missing.slice(start, start + AT_ONCE).map(async ([key, entry]) => {
          const found = await this.#fetch(entry);
          if (found !== undefined) fetched.set(key, found);
        }),
      );
    reflector.revise((key, entry) => {
      const found = fetched.get(key);
      if (!this.#wanted.has(key)) return bare(entry);
      return entry.kept === undefined && found !== undefined ? found : entry;
    });
  }

  /** Undefined if it is gone meanwhile, or can’t be had: then it is tried again with the next change. */
  async #fetch({ namespace, name }: SecretEntry): Promise<SecretEntry | undefined> {
    try {
      const object = readObject(await this.#api.json({ path: `${pathOf(SECRETS, namespace)}/${name}` }));
      return object && secretEntry(object, undefined, true);
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 404) this.#onFailure();
      return undefined;
    }
  }
}
