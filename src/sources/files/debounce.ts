/**
 * Runs an action once events have been quiet for `quietMs`, and at the latest `maxMs` after the first of them, so that a
 * file that never rests can't hold the others back.
 */
export class Debounce {
  readonly #quietMs: number;
  readonly #maxMs: number;
  readonly #action: (late: boolean) => void;
  #timer: NodeJS.Timeout | undefined;
  #deadline: number | undefined;
  #stopped = false;

  /** The action is told whether `maxMs` have passed. It may trigger again, which does not move the deadline. */
  constructor(quietMs: number, maxMs: number, action: (late: boolean) => void) {
    this.#quietMs = quietMs;
    this.#maxMs = maxMs;
    this.#action = action;
  }

  trigger(): void {
    if (this.#stopped) return;
    const now = performance.now();
    this.#deadline ??= now + this.#maxMs;
    const wait = Math.max(0, Math.min(this.#quietMs, this.#deadline - now));
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#run(), wait);
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  /** Says that everything up to now has been dealt with: the next trigger starts a new deadline. */
  rest(): void {
    this.#deadline = undefined;
  }

  #run(): void {
    this.#action(this.#deadline !== undefined && performance.now() >= this.#deadline);
  }
}
