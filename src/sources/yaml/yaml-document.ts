import type { Location } from '../../diagnostics/diagnostic';
import type { Document, Path } from '../../model/document';
import type { Block, ParsedText, Place } from './parsed-text';

/** A definition in a YAML or JSON text. Its value may be a Secret's, so it is no property that a log would print. */
export class YamlDocument implements Document {
  readonly file: string;
  readonly #value: unknown;
  readonly #text: ParsedText;
  readonly #line: number;
  readonly #document: number;
  readonly #base: Path;

  /** `document` counts the documents of the text; `base` is where in that document the value sits, for items of a List. */
  constructor(value: unknown, text: ParsedText, place: Place, document: number, base: Path) {
    this.file = place.file;
    this.#value = value;
    this.#text = text;
    this.#line = place.line;
    this.#document = document;
    this.#base = base;
  }

  get value(): unknown {
    return this.#value;
  }

  /** Where the text of a value stands, if it is a literal block. */
  literalBlock(path: Path, value: string): Block | undefined {
    const place = { file: this.file, line: this.#line };
    return this.#text.literalBlock(place, this.#document, [...this.#base, ...path], value);
  }

  locate(path: Path, part: 'key' | 'value' = 'value'): Location {
    const place = { file: this.file, line: this.#line };
    return this.#text.locate(place, this.#document, [...this.#base, ...path], part);
  }
}
