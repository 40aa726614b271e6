import type { Location } from '../../diagnostics/diagnostic';
import type { Path } from '../../model/document';
import { showsPrivateKey } from '../../model/redaction';
import { excerptOf, mayHoldSecret } from './excerpt';
import { LineIndex } from './line-index';
import { type Parsed, parseText } from './parse-text';
import { PositionTree, type Span } from './position-tree';

/** Where a text stands: the file as the user named it, and the line that the text begins on. */
export interface Place {
  readonly file: string;
  readonly line: number;
}

/** A position within a text: its first line is 1. */
type Spot = Omit<Location, 'file'>;

/** Where the lines of a literal block (`|`, YAML 1.2 §8.1.2) stand. */
export interface Block {
  /** Line of the file that the block's text begins on, from 1. */
  readonly line: number;
  /** Columns that each of its lines is indented by. */
  readonly indent: number;
}

/** One part of a file, parsed once wherever in the file it moves to. */
export class ParsedText {
  readonly parsed: Parsed;
  readonly #text: string;
  /** Where things were found to stand. A finding that stays is told again with every change, and to find its place takes a parse. */
  readonly #found = new Map<string, Spot>();
  #hidden: boolean | undefined;

  constructor(text: string) {
    this.#text = text;
    this.parsed = parseText(text);
  }

  /** Position of the value at `path` of one of the text's documents, or of its key. */
  locate(place: Place, document: number, path: Path, part: 'key' | 'value'): Location {
    const key = JSON.stringify([document, part, path]);
    let spot = this.#found.get(key);
    if (spot === undefined) this.#found.set(key, (spot = this.#find(document, path, part)));
    return at(place, spot);
  }

  /** Position of a character, for a text that did not parse. */
  locateOffset(place: Place, offset: number): Location {
    return at(place, this.#spotOf({ start: Math.min(offset, this.#text.length) }, undefined));
  }

  /** Where the text of the value at `path` stands, if it is a literal block, whose lines are those of the file but for their indentation. */
  literalBlock(place: Place, document: number, path: Path, value: string): Block | undefined {
    const { tree, lines } = positionsOf(this.#text);
    const start = tree.find(document, path, 'value')?.start;
    if (start === undefined || this.#text[start] !== '|') return undefined;
    const header = this.#text.indexOf('\n', start);
    if (header < 0) return undefined;
    const written = indentOf(this.#text.slice(header + 1));
    return { line: place.line + lines.at(header + 1).line - 1, indent: written - indentOf(value) };
  }

  #find(document: number, path: Path, part: 'key' | 'value'): Spot {
    if (path.length === 0 && document === 0) return this.#spotOf({ start: contentStart(this.#text) }, undefined);
    const { tree, lines } = positionsOf(this.#text);
    return this.#spotOf(tree.find(document, path, part) ?? { start: contentStart(this.#text) }, lines);
  }

  #spotOf(span: Span, lines: LineIndex | undefined): Spot {
    const { line, lineStart } = (lines ?? new LineIndex(this.#text, span.start)).at(span.start);
    const column = span.start - lineStart + 1;
    const excerpt = this.#isHidden() ? undefined : this.#excerpt(lineStart, column);
    return {
      line,
      column,
      ...(span.end !== undefined && span.end > span.start && { endColumn: span.end - lineStart + 1 }),
      ...(excerpt !== undefined && { excerpt }),
    };
  }

  #excerpt(lineStart: number, column: number): string | undefined {
    const end = this.#text.indexOf('\n', lineStart);
    return excerptOf(this.#text.slice(lineStart, end < 0 ? undefined : end), column);
  }

  /** No line is shown of a text that holds a Secret, or that can't be asked whether it does. */
  #isHidden(): boolean {
    this.#hidden ??=
      this.parsed.type === 'values'
        ? showsPrivateKey(this.#text) || this.parsed.values.some(holdsSecret)
        : mayHoldSecret(this.#text);
    return this.#hidden;
  }
}

function at({ file, line }: Place, spot: Spot): Location {
  return { file, ...spot, line: line + spot.line - 1 };
}

interface Positions {
  readonly tree: PositionTree;
  readonly lines: LineIndex;
}

/** The last positions made: diagnostics come in bursts about one document, and positions are large beside the text. */
let last: { readonly text: string; readonly positions: Positions } | undefined;

function positionsOf(text: string): Positions {
  if (last?.text !== text) last = { text, positions: { tree: new PositionTree(text), lines: new LineIndex(text) } };
  return last.positions;
}

/** By what it says it is, and by its fields where it misspells that. */
function holdsSecret(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const kind: unknown = 'kind' in value ? value.kind : undefined;
  if (typeof kind === 'string' && /secret/i.test(kind)) return true;
  if ('data' in value || 'stringData' in value) return true;
  const items: unknown = 'items' in value ? value.items : value;
  return Array.isArray(items) && items.some(holdsSecret);
}

/** Spaces before the first character of a text's first line that has one. */
function indentOf(text: string): number {
  return /^(?:[ \t]*\r?\n)*( *)/.exec(text)?.[1]?.length ?? 0;
}

/** Offset of the first thing that is neither white space, comment nor document marker. */
function contentStart(text: string): number {
  return /^(?:\s+|#[^\n]*|---(?=\s))*/.exec(text)?.[0].length ?? 0;
}
