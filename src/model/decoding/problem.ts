import { type Code, catalogueEntry } from '../../diagnostics/catalogue';
import type { Severity } from '../../diagnostics/diagnostic';
import type { Path } from '../document';

/** More findings in one document than anybody reads. Beyond them a document is not understood, only refused. */
export const MAX_PROBLEMS = 50;

/** A finding that has not been given its place in the file yet. */
export interface Problem {
  readonly code: Code;
  readonly message: string;
  readonly severity?: Severity;
  readonly fix?: string;
  /** From the document's root, in the v3alpha1 form. */
  readonly path: Path;
  readonly part: 'key' | 'value';
  /** The field that was probably meant, where the finding is a misspelt one. */
  readonly meant?: string;
}

export type Fields = Readonly<Record<string, unknown>>;

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isError({ code, severity }: Problem): boolean {
  return (severity ?? catalogueEntry(code).severity) === 'error';
}
