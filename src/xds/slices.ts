/** How long one turn of the event loop may go on with one kind of work, in milliseconds. */
const SLICE_MS = 5;

/**
 * Does the same to many things, a few in each turn of the event loop: a thousand Envoys that come at once, or that must all be told of
 * something, do not keep everybody else waiting until the last of them was served.
 */
export class Slices<Item> {
  readonly #serve: (item: Item) => void;
  readonly #hasRoom: () => boolean;
  /** In the order in which they came, each once. */
  readonly #waiting = new Set<Item>();
  #scheduled = false;

  /** @param hasRoom Whether more may be served now. Whoever says no calls `resume` later. */
  constructor(serve: (item: Item) => void, hasRoom: () => boolean = () => true) {
    this.#serve = serve;
    this.#hasRoom = hasRoom;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  add(item: Item): void {
    this.#waiting.add(item);
    this.resume();
  }

  delete(item: Item): void {
    this.#waiting.delete(item);
  }

  /** Goes on, where there is something to do and room for it. */
  resume(): void {
    if (this.#scheduled || this.#waiting.size === 0 || !this.#hasRoom()) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#slice();
    });
  }

  #slice(): void {
    const end = performance.now() + SLICE_MS;
    for (const item of this.#waiting) {
      this.#waiting.delete(item);
      this.#serve(item);
      if (performance.now() > end || !this.#hasRoom()) break;
    }
    this.resume();
  }
}
