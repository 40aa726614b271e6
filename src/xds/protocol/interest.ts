import { type NameList, NO_NAMES } from './name-list';

/**
 * What a client wants of one type: everything (`*`), some names, or both. Names that many clients want alike are held once for
 * all: a thousand clients of ten thousand clusters would otherwise keep ten million names.
 */
export class Interest {
  #shared: NameList = NO_NAMES;
  /** Of the shared names. */
  readonly #dropped = new Set<string>();
  readonly #own = new Set<string>();
  wildcard = false;
  /** Whether the client has ever given names: in SotW, an empty list then means nothing. */
  explicit = false;

  /** How many names were asked for one by one, existing or not. */
  get size(): number {
    return this.#shared.size - this.#dropped.size + this.#own.size;
  }

  *names(): Iterable<string> {
    for (const name of this.#shared) if (!this.#dropped.has(name)) yield name;
    yield* this.#own;
  }

  get empty(): boolean {
    return !this.wildcard && this.size === 0;
  }

  /** Whether the name was asked for by itself. */
  has(name: string): boolean {
    return this.#own.has(name) || (this.#shared.has(name) && !this.#dropped.has(name));
  }

  includes(name: string): boolean {
    return this.wildcard || this.has(name);
  }

  /** Whether these are all the names that were asked for. */
  equals(names: readonly string[]): boolean {
    if (this.#own.size === 0 && this.#dropped.size === 0) return this.#shared.equals(names);
    const distinct = new Set(names);
    if (distinct.size !== this.size) return false;
    for (const name of distinct) if (!this.has(name)) return false;
    return true;
  }

  /** Returns whether the name is new. */
  add(name: string): boolean {
    if (this.has(name)) return false;
    if (!this.#dropped.delete(name)) this.#own.add(name);
    return true;
  }

  /** Takes names that are held elsewhere and must not change. Only where there are none yet. */
  share(names: NameList): void {
    this.#shared = names;
    this.#dropped.clear();
  }

  /** Returns whether the name was there. */
  delete(name: string): boolean {
    if (this.#own.delete(name)) return true;
    if (!this.has(name)) return false;
    this.#dropped.add(name);
    return true;
  }
}
