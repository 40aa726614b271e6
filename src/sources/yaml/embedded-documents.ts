import { diagnostic, type Diagnostic, type Location, type Subject } from '../../diagnostics/diagnostic';
import { type Fields, isFields } from '../../model/decoding/problem';
import type { Document, Path } from '../../model/document';
import {
  EMBEDDED,
  embeddedText,
  embeddedValue,
  flatPath,
  holderOf,
  mayHoldDefinitions,
  unfolded,
} from '../../model/embedded';
import { guessedSubject } from './guessed-subject';
import { LIMITS } from './limits';
import { type Block, ParsedText } from './parsed-text';

const AT: Path = ['metadata', 'annotations', EMBEDDED];
const NOTHING = { documents: [], diagnostics: [] } as const;

/** A document that may have definitions in an annotation. */
export interface Holder extends Document {
  /** Where the text of a value stands, if it is a literal block. */
  literalBlock(path: Path, value: string): Block | undefined;
}

export interface Embedded {
  readonly documents: readonly Document[];
  /** Why the annotation could not be read. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * The definitions in the annotation of a Service or an Ingress, read with the guards of any other text. Positions
 * are those of its lines in the file if it was written as a literal block (`|`), else that of the annotation.
 */
export function embeddedDocuments(holder: Holder): Embedded {
  const root = holder.value;
  if (!isFields(root) || !mayHoldDefinitions(root)) return NOTHING;
  const text = embeddedText(root);
  if (text === undefined) return unreadable(holder, root);
  const refused = (code: 'CS1003', message: string): Embedded => ({
    documents: [],
    diagnostics: [diagnostic(code, { message, location: holder.locate(AT, 'key'), subject: missing(text, root) })],
  });
  if (text.length > LIMITS.annotationLength)
    return refused('CS1003', `the annotation has more than ${LIMITS.annotationLength} characters`);
  const parsedText = new ParsedText(text);
  const place = new EmbeddedPlace(holder, parsedText, text);
  const { parsed } = parsedText;
  if (parsed.type === 'refused') {
    const { code, message, key, document, offset } = parsed.refusal;
    const location = key === undefined ? place.ofOffset(offset ?? 0) : place.of(document ?? 0, key, 'key');
    return {
      documents: [],
      diagnostics: [
        diagnostic(code, { message: `in the annotation: ${message}`, location, subject: missing(text, root) }),
      ],
    };
  }
  if (parsed.values.length > LIMITS.annotationDocuments)
    return refused('CS1003', `the annotation has more than ${LIMITS.annotationDocuments} documents`);
  const made = parsed.values.flatMap((value, index) =>
    value === null ? [] : new EmbeddedDocument(value, index, place, root),
  );
  return { documents: made, diagnostics: [] };
}

/** An annotation that is no text: its holder is refused for it, and what it seems to define must not count as absent. */
function unreadable(holder: Holder, root: Fields): Embedded {
  const value = embeddedValue(root);
  if (!isFields(value) && !Array.isArray(value)) return NOTHING;
  const subject = missing(JSON.stringify(value), root);
  if (subject === undefined) return NOTHING;
  const message = `the annotation must be text: what it says of ${subject.kind} ${JSON.stringify(subject.name)} is not read`;
  return {
    documents: [],
    diagnostics: [diagnostic('CS1015', { message, location: holder.locate(AT, 'value'), subject })],
  };
}

/** Which definition an annotation that cannot be read seems to hold; it is in the namespace of what it stands on. */
function missing(text: string, holder: Fields): Subject | undefined {
  const guessed = guessedSubject(text.slice(0, LIMITS.annotationLength));
  return guessed?.namespace === 'default' ? { ...guessed, namespace: holderOf(holder).namespace } : guessed;
}

/** Translates positions in the annotation's text to positions in the file. */
class EmbeddedPlace {
  readonly file: string;
  readonly #holder: Holder;
  readonly #text: ParsedText;
  readonly #annotation: string;

  constructor(holder: Holder, text: ParsedText, annotation: string) {
    this.file = holder.file;
    this.#holder = holder;
    this.#text = text;
    this.#annotation = annotation;
  }

  of(document: number, path: Path, part: 'key' | 'value'): Location {
    return this.#moved((line) => this.#text.locate({ file: this.file, line }, document, path, part));
  }

  ofOffset(offset: number): Location {
    return this.#moved((line) => this.#text.locateOffset({ file: this.file, line }, offset));
  }

  #moved(locate: (line: number) => Location): Location {
    const block = this.#holder.literalBlock(AT, this.#annotation);
    if (block === undefined) return this.#holder.locate(AT, 'value');
    const { endColumn, excerpt, ...start } = locate(block.line);
    return {
      ...start,
      column: start.column + block.indent,
      ...(endColumn !== undefined && { endColumn: endColumn + block.indent }),
      ...(excerpt !== undefined && { excerpt: `${' '.repeat(block.indent)}${excerpt}` }),
    };
  }
}

/** A definition in an annotation. */
class EmbeddedDocument implements Document {
  readonly file: string;
  readonly madeFrom: Subject;
  readonly #value: unknown;
  readonly #flat: Fields | undefined;
  readonly #index: number;
  readonly #place: EmbeddedPlace;

  constructor(value: unknown, index: number, place: EmbeddedPlace, holder: Fields) {
    const { metadata } = holder;
    const { namespace, labels } = isFields(metadata) ? metadata : {};
    this.file = place.file;
    this.madeFrom = holderOf(holder);
    this.#flat = isFields(value) ? value : undefined;
    this.#value =
      this.#flat === undefined
        ? value
        : unfolded(this.#flat, { namespace: typeof namespace === 'string' ? namespace : undefined, labels });
    this.#index = index;
    this.#place = place;
  }

  get value(): unknown {
    return this.#value;
  }

  locate(path: Path, part: 'key' | 'value' = 'value'): Location {
    return this.#place.of(this.#index, this.#flat === undefined ? path : flatPath(path, this.#flat), part);
  }
}
