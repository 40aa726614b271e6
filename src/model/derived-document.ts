import type { Location, Subject } from '../diagnostics/diagnostic';
import type { Document, Path } from './document';

/** Where a value of a derived document was written in the one that it was made from. */
export interface Provenance {
  readonly to: Path;
  readonly from: Path;
}

/** A definition that nobody wrote as such: made from another one, whose text its positions are in. */
export class DerivedDocument implements Document {
  readonly file: string;
  readonly value: unknown;
  readonly madeFrom: Subject;
  readonly #provenance: readonly Provenance[];
  readonly #original: Pick<Document, 'locate'>;

  /** `provenance` names the most specific places first; its last entry is for all that the others do not cover. */
  constructor(
    value: unknown,
    madeFrom: Subject,
    provenance: readonly Provenance[],
    original: Pick<Document, 'file' | 'locate'>,
  ) {
    this.value = value;
    this.madeFrom = madeFrom;
    this.file = original.file;
    this.#provenance = provenance;
    this.#original = original;
  }

  locate(path: Path, part?: 'key' | 'value'): Location {
    const entry = this.#provenance.find(({ to }) => to.every((step, index) => path[index] === step));
    return this.#original.locate(entry === undefined ? [] : [...entry.from, ...path.slice(entry.to.length)], part);
  }
}
