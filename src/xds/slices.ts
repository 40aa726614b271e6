/** How long one turn of the event loop may go on with one kind of work, in milliseconds. */
const SLICE_MS = 10;

/**
 * Does the same to many things, a few in each turn of the event loop: a thousand Envoys that come at once, or that must all be told of
 * something, do not keep everybody else waiting until the last of them was served.
 */
export class Slices<Item> {
  readonly #serve: (item: Item) => void;
  /** In the order in which they came, each once. */
  readonly #waiting = new Set<Item>();

  constructor(serve: (item: Item) => void) {
    this.#serve = serve;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  add(item: Item): void {
    if (this.#waiting.size === 0) setImmediate(() => this.#slice());
    this.#waiting.add(item);
  }

  delete(item: Item): void {
    this.#waiting.delete(item);
  }

  #slice(): void {
    const end = performance.now() + SLICE_MS;
    for (const item of this.#waiting) {
      this.#waiting.delete(item);
      this.#serve(item);
      if (performance.now() > end) break;
    }
    if (this.#waiting.size > 0) setImmediate(() => this.#slice());
  }
}
