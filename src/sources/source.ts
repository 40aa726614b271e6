import type { Diagnostic } from '../diagnostics/diagnostic';
import type { Document } from '../model/document';

/** Everything one source has at one moment. */
export interface SourceState {
  readonly documents: readonly Document[];
  /** What could not be read or parsed. */
  readonly diagnostics: readonly Diagnostic[];
  /** True once everything that was there at the start has been read. */
  readonly synced: boolean;
  /** Seconds spent on reading and parsing since the previous state. */
  readonly readSeconds: number;
}

/** An input that changes. It yields its whole state each time, and unchanged documents keep their identity. */
export interface Source {
  /**
   * Reads everything, yields the first state, and yields again after each change until it is stopped.
   * @throws Error with a cause, if what it is to read can't be reached at all.
   */
  start(onState: (state: SourceState) => void): Promise<void>;
  /**
   * Told before each compilation what else may name something that it holds: what other sources have, and what is last good in the place of
   * what it has. False if something has to be read first; the source yields again then.
   */
  heed?(besides: readonly Document[]): boolean;
  /** Releases every watcher and timer. No state is yielded after the call. */
  stop(): Promise<void>;
}

/** A source that reads what the definitions of the others need. */
export interface FollowingSource extends Source {
  /**
   * Told what the other sources have, and what is last good, before each compilation. Yields before it returns where its own state
   * changes by that: not synced, if something has to be read first.
   */
  follow(documents: readonly Document[]): void;
}
