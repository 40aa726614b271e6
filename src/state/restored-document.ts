import type { Location, Subject } from '../diagnostics/diagnostic';
import type { Document } from '../model/document';

/** Where a document began in its file; line and column from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** A document from before a restart. Its text is gone, so every position in it is that of its beginning, without an excerpt. */
export class RestoredDocument implements Document {
  readonly file: string;
  readonly madeFrom?: Subject;
  readonly #value: unknown;
  readonly #place: Place;

  constructor(value: unknown, place: Place, madeFrom: Subject | undefined) {
    this.file = place.file;
    this.#value = value;
    this.#place = place;
    if (madeFrom !== undefined) this.madeFrom = madeFrom;
  }

  /** May be a Secret's, so it is no property that a log would print. */
  get value(): unknown {
    return this.#value;
  }

  locate(): Location {
    return this.#place;
  }
}
