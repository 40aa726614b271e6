/** Parts of refused responses: each goes out on its own, so that its answer tells the good from the bad. */
export class Suspects {
  readonly #parts: (readonly string[])[] = [];
  readonly #names = new Set<string>();

  get none(): boolean {
    return this.#parts.length === 0;
  }

  has(name: string): boolean {
    return this.#names.has(name);
  }

  add(names: readonly string[]): void {
    this.#parts.push(names);
    for (const name of names) this.#names.add(name);
  }

  /** The oldest part, whose names are no suspects any more. */
  take(): readonly string[] | undefined {
    const part = this.#parts.shift();
    for (const name of part ?? []) this.#names.delete(name);
    return part;
  }
}
