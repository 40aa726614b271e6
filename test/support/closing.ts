/** What a test started, to be ended in reverse order whatever happened. */
export class Closing {
  readonly #ends: (() => Promise<void>)[] = [];

  /** Notes what has to be stopped, and hands it through. */
  keep<T extends { stop(): Promise<void> }>(started: T): T {
    this.#ends.push(() => started.stop());
    return started;
  }

  /** Ends everything; the first failure is thrown once all has been tried. */
  async close(): Promise<void> {
    const failures: unknown[] = [];
    for (const end of this.#ends.splice(0).toReversed()) await end().catch((error: unknown) => failures.push(error));
    if (failures.length > 0) throw failures[0];
  }
}
