import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FilesSource, type FilesTiming } from '../../../src/sources/files';
import type { SourceState } from '../../../src/sources/source';

/** Quick enough for tests, slow enough that one test's writes fall into one quiet time. */
const TIMING: FilesTiming = { quietMs: 30, maxMs: 5_000, rescanMs: 3_600_000 };
const PATIENCE_MS = 10_000;

/** A new folder under the system's temporary one. */
export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'countersign-files-'));
}

export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}

/** Names of the documents of a state: what `name(…)` wrote. */
export function namesIn({ documents }: SourceState): readonly unknown[] {
  return documents.map(({ value }) =>
    typeof value === 'object' && value !== null && 'name' in value ? value.name : value,
  );
}

/** A document that is nothing but a name. */
export function named(...names: readonly string[]): string {
  return names.map((name) => `name: ${name}\n`).join('---\n');
}

/** A FilesSource whose states can be waited for. */
export class WatchedSource {
  readonly states: SourceState[] = [];
  readonly #source: FilesSource;
  #arrived: () => void = () => undefined;

  constructor(paths: readonly string[], timing: Partial<FilesTiming> = {}) {
    this.#source = new FilesSource(paths, { timing: { ...TIMING, ...timing } });
  }

  async start(): Promise<SourceState> {
    await this.#source.start((state) => {
      this.states.push(state);
      this.#arrived();
    });
    return this.latest();
  }

  stop(): Promise<void> {
    return this.#source.stop();
  }

  latest(): SourceState {
    const latest = this.states.at(-1);
    if (latest === undefined) throw new Error('no state yet');
    return latest;
  }

  /** The first state, from the latest one on, whose documents have these names. */
  async names(...expected: readonly string[]): Promise<SourceState> {
    return this.until((state) => JSON.stringify(namesIn(state)) === JSON.stringify(expected));
  }

  async until(condition: (state: SourceState) => boolean): Promise<SourceState> {
    const deadline = AbortSignal.timeout(PATIENCE_MS);
    while (!condition(this.latest())) {
      await new Promise<void>((resolve, reject) => {
        this.#arrived = resolve;
        deadline.addEventListener('abort', () => reject(new Error(`still ${JSON.stringify(namesIn(this.latest()))}`)));
      });
    }
    return this.latest();
  }
}
