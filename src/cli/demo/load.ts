import { type ClientRequest, type Outcome, send } from './client';

export interface LoadReport {
  readonly ok: number;
  readonly failed: number;
  /** How often each failure was seen: an error code, or a status. */
  readonly failures: Readonly<Record<string, number>>;
}

/** Requests one after the other on several lanes, each over a fresh connection, until it is stopped. */
export class Load {
  readonly #lanes: readonly Promise<void>[];
  readonly #waiting = new Set<() => void>();
  readonly #failures: Record<string, number> = {};
  #ok = 0;
  #failed = 0;
  #stopped = false;

  private constructor(request: ClientRequest, lanes: number) {
    this.#lanes = Array.from({ length: lanes }, async () => {
      while (!this.#stopped) this.#count(await send(request));
    });
  }

  /** @param concurrency how many requests are under way at once */
  static start(request: ClientRequest, concurrency = 4): Load {
    return new Load(request, concurrency);
  }

  get report(): LoadReport {
    return { ok: this.#ok, failed: this.#failed, failures: { ...this.#failures } };
  }

  /** Waits for so many more outcomes, good or bad: proof that traffic flowed across what happened meanwhile. */
  async outcomes(count: number): Promise<void> {
    const goal = this.#ok + this.#failed + count;
    await new Promise<void>((resolve) => {
      const look = () => {
        if (this.#ok + this.#failed < goal) return;
        this.#waiting.delete(look);
        resolve();
      };
      this.#waiting.add(look);
      look();
    });
  }

  /** Waits for the requests under way, and reports. */
  async stop(): Promise<LoadReport> {
    this.#stopped = true;
    await Promise.all(this.#lanes);
    return this.report;
  }

  #count(outcome: Outcome): void {
    if ('status' in outcome && outcome.status === 200) {
      this.#ok += 1;
    } else {
      const what = 'error' in outcome ? outcome.error : String(outcome.status);
      this.#failed += 1;
      this.#failures[what] = (this.#failures[what] ?? 0) + 1;
    }
    for (const look of this.#waiting) look();
  }
}
