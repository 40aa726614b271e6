/** What a client wants of one type: everything (`*`), some names, or both. */
export class Interest {
  readonly #names = new Set<string>();
  #wildcard = false;
  /** Whether the client has ever given names: in SotW, an empty list then means nothing. */
  explicit = false;

  get wildcard(): boolean {
    return this.#wildcard;
  }

  set wildcard(value: boolean) {
    this.#wildcard = value;
  }

  /** Names asked for one by one, existing or not. */
  get names(): ReadonlySet<string> {
    return this.#names;
  }

  get empty(): boolean {
    return !this.#wildcard && this.#names.size === 0;
  }

  includes(name: string): boolean {
    return this.#wildcard || this.#names.has(name);
  }

  /** Returns whether the name is new. */
  add(name: string): boolean {
    if (this.#names.has(name)) return false;
    this.#names.add(name);
    return true;
  }

  /** Returns whether the name was there. */
  delete(name: string): boolean {
    return this.#names.delete(name);
  }
}
