/** How many streams may be on their way to their first complete configuration at the same time. */
const PLACES = 32;
/** How often it is looked whether a place has become free, in milliseconds. */
const TICK_MS = 3;
/** How many times in a row nothing may be on its way to a stream until it counts as served: its next request may be coming. */
const QUIET_TICKS = 2;
/** A client that answers nothing for so long, in milliseconds, goes on outside. */
const STUCK_MS = 250;

/** A stream before the turnstile. */
export interface Entrant {
  /** Whether nothing is on its way to it, or waits to be sent. */
  readonly settled: boolean;
  /** Counts what its client has said. */
  readonly requests: number;
  /** It may be sent things from now on. */
  enter(): void;
}

interface Place {
  quiet: number;
  requests: number;
  since: number;
}

/**
 * Lets streams through to their first configuration a few at a time, in the order in which they came: after a restart a thousand Envoys
 * come back at once. Served together, all would wait until the last is done, with all requests and responses in memory; one
 * after another, half of them have everything in half of the time. Streams that are through are never held up, and those
 * that do not read lose their place.
 */
export class Turnstile {
  readonly #waiting = new Set<Entrant>();
  readonly #inside = new Map<Entrant, Place>();
  #timer: NodeJS.Timeout | undefined;

  get waiting(): number {
    return this.#waiting.size;
  }

  arrive(entrant: Entrant): void {
    this.#waiting.add(entrant);
    this.#admit();
  }

  leave(entrant: Entrant): void {
    this.#waiting.delete(entrant);
    if (this.#inside.delete(entrant)) this.#admit();
  }

  #admit(): void {
    for (const entrant of this.#waiting) {
      if (this.#inside.size >= PLACES) break;
      this.#waiting.delete(entrant);
      this.#inside.set(entrant, { quiet: 0, requests: entrant.requests, since: performance.now() });
      entrant.enter();
    }
    if (this.#inside.size > 0) this.#timer ??= setInterval(() => this.#tick(), TICK_MS).unref();
    else {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
  }

  #tick(): void {
    const now = performance.now();
    for (const [entrant, place] of this.#inside) {
      place.quiet = entrant.settled ? place.quiet + 1 : 0;
      if (entrant.requests !== place.requests) {
        place.requests = entrant.requests;
        place.since = now;
      }
      if (place.quiet >= QUIET_TICKS || now - place.since > STUCK_MS) this.#inside.delete(entrant);
    }
    this.#admit();
  }
}
