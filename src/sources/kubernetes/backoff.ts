/** The next waiting time of a try that failed: twice the one before up to `most`, give or take a half, so that replicas do not ask in step. */
export class Backoff {
  readonly #first: number;
  readonly #most: number;
  readonly #random: () => number;
  #failures = 0;

  /** Both in milliseconds. @param random from 0 to 1 */
  constructor(first: number, most: number, random: () => number = Math.random) {
    this.#first = first;
    this.#most = most;
    this.#random = random;
  }

  /** @param atLeastMs what the server asked for */
  next(atLeastMs = 0): number {
    const whole = Math.min(this.#most, this.#first * 2 ** Math.min(this.#failures, 30));
    this.#failures += 1;
    return Math.max(atLeastMs, whole * (0.5 + this.#random()));
  }

  reset(): void {
    this.#failures = 0;
  }
}
