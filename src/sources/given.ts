import type { Document } from '../model/document';
import type { Source, SourceState } from './source';

/** Definitions that are given from the start and never change. */
export class GivenSource implements Source {
  readonly #documents: readonly Document[];

  constructor(documents: readonly Document[]) {
    this.#documents = documents;
  }

  start(onState: (state: SourceState) => void): Promise<void> {
    onState({ documents: this.#documents, diagnostics: [], synced: true, readSeconds: 0 });
    return Promise.resolve();
  }

  stop(): Promise<void> {
    return Promise.resolve();
  }
}
