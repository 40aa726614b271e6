import { diagnostic, type Diagnostic, type Location, type Subject } from '../../diagnostics/diagnostic';
import type { Document } from '../../model/document';
import { embeddedDocuments } from './embedded-documents';
import { expandLists } from './expand-lists';
import { guessedSubject } from './guessed-subject';
import { LIMITS } from './limits';
import type { Refusal } from './parse-text';
import { ParsedText, type Place } from './parsed-text';
import { splitDocuments } from './split';
import { YamlDocument } from './yaml-document';

/** One file, read. */
export interface ReadFile {
  readonly documents: readonly Document[];
  readonly diagnostics: readonly Diagnostic[];
  /** True if any of it could not be parsed, so that what it should define is not all known. */
  readonly broken: boolean;
  /** What the next reading of the same file may reuse, by text. */
  readonly parts: ReadonlyMap<string, readonly Part[]>;
}

interface Part {
  readonly line: number;
  readonly text: ParsedText;
  readonly documents: readonly Document[];
  /** What could not be read in annotations. */
  readonly diagnostics: readonly Diagnostic[];
}

const NO_PARTS: ReadonlyMap<string, readonly Part[]> = new Map();

/**
 * Reads the documents of a file. With the previous reading of the same file, text that is unchanged is not parsed again,
 * and text that is unchanged in its old place yields the very same Documents.
 */
export function readDocuments(file: string, bytes: Uint8Array, previous?: ReadFile): ReadFile {
  if (bytes.length > LIMITS.fileBytes) return refusedFile(tooLarge(file));
  const text = decodeText(bytes);
  if (typeof text !== 'string') return refusedFile(notText(file, text.line, text.message));
  const pieces = splitDocuments(text);
  if (pieces.length > LIMITS.documents) return refusedFile(tooManyDocuments(file));
  const parts = new Map<string, Part[]>();
  const documents: Document[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const piece of pieces) {
    const place = { file, line: piece.line };
    const part = readPart(piece.text, place, previous?.parts.get(piece.text) ?? parts.get(piece.text));
    const same = parts.get(piece.text);
    if (same === undefined) parts.set(piece.text, [part]);
    else same.push(part);
    for (const document of part.documents) documents.push(document);
    for (const finding of part.diagnostics) diagnostics.push(finding);
    const { parsed } = part.text;
    if (parsed.type === 'refused')
      diagnostics.push(refusalDiagnostic(part.text, place, parsed.refusal, guessedSubject(piece.text)));
    if (documents.length > LIMITS.documents) return refusedFile(tooManyDocuments(file));
  }
  return { documents, diagnostics, broken: diagnostics.length > 0, parts };
}

function readPart(text: string, place: Place, known: readonly Part[] | undefined): Part {
  const unmoved = known?.find(({ line }) => line === place.line);
  if (unmoved !== undefined) return unmoved;
  const parsedText = known?.[0]?.text ?? new ParsedText(text);
  const { parsed } = parsedText;
  const documents: Document[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const [index, root] of parsed.type === 'refused' ? [] : parsed.values.entries()) {
    if (root === null) continue;
    for (const { value, path } of expandLists(root)) {
      const document = new YamlDocument(value, parsedText, place, index, path);
      const embedded = embeddedDocuments(document);
      documents.push(document, ...embedded.documents);
      diagnostics.push(...embedded.diagnostics);
    }
  }
  return { line: place.line, text: parsedText, documents, diagnostics };
}

function refusalDiagnostic(text: ParsedText, place: Place, refusal: Refusal, subject: Subject | undefined): Diagnostic {
  const location =
    refusal.key === undefined
      ? text.locateOffset(place, refusal.offset ?? 0)
      : text.locate(place, refusal.document ?? 0, refusal.key, 'key');
  const { code, message, fix } = refusal;
  return diagnostic(code, { message, location, subject, ...(fix !== undefined && { fix }) });
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

function decodeText(bytes: Uint8Array): string | { readonly line: number; readonly message: string } {
  const nul = bytes.indexOf(0);
  if (nul >= 0) return { line: lineAt(bytes, nul), message: 'the file holds a NUL byte' };
  try {
    return utf8.decode(bytes);
  } catch {
    const upTo = Buffer.from(bytes).toString('utf8').indexOf('\ufffd');
    const before = Buffer.from(Buffer.from(bytes).toString('utf8').slice(0, Math.max(upTo, 0)));
    return { line: lineAt(before, before.length), message: 'the file is not UTF-8' };
  }
}

function lineAt(bytes: Uint8Array, offset: number): number {
  let line = 1;
  for (let at = bytes.indexOf(10); at >= 0 && at < offset; at = bytes.indexOf(10, at + 1)) line++;
  return line;
}

/** What a file that is not read at all comes to. */
export function refusedFile(finding: Diagnostic): ReadFile {
  return { documents: [], diagnostics: [finding], broken: true, parts: NO_PARTS };
}

export function tooLarge(file: string): Diagnostic {
  const limit = `${LIMITS.fileBytes / 1024 / 1024} MiB`;
  return diagnostic('CS1003', { message: `the file is larger than ${limit}`, location: startOf(file) });
}

function tooManyDocuments(file: string): Diagnostic {
  return diagnostic('CS1003', {
    message: `the file has more than ${LIMITS.documents} documents`,
    location: startOf(file),
  });
}

function notText(file: string, line: number, message: string): Diagnostic {
  return diagnostic('CS1002', { message, location: { file, line, column: 1 } });
}

function startOf(file: string): Location {
  return { file, line: 1, column: 1 };
}
