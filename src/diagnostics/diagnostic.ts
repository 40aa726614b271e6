import { type Code, catalogueEntry } from './catalogue';

export type Severity = 'error' | 'warning' | 'info';

/** A place in an input file. `line` and `column` count from 1, columns in UTF-16 code units. */
export interface Location {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Column just after the marked text, on the same line. */
  readonly endColumn?: number;
  /** The source line, already redacted; absent where the line could hold key material. */
  readonly excerpt?: string;
}

/** Which definition a diagnostic is about, in Kubernetes' terms. */
export interface Subject {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/**
 * One finding that a person should read: what is wrong, where, and what to do about it. User mistakes are returned as
 * Diagnostics, never thrown. An `error` quarantines its subject; a `warning` leaves it serving.
 */
export interface Diagnostic {
  readonly code: Code;
  readonly severity: Severity;
  readonly message: string;
  readonly fix: string;
  readonly location?: Location;
  readonly subject?: Subject;
  /** Other places that belong to the same finding, such as the other one of two duplicates. */
  readonly related?: readonly { readonly message: string; readonly location: Location }[];
  /** Who is affected, as `Kind name`, for the `used by` line. */
  readonly usedBy?: readonly string[];
  /**
   * What holds until it is mended, where that goes beyond the subject itself: what else is closed, or that the last good version keeps
   * serving.
   */
  readonly consequence?: string;
}

export interface DiagnosticDetails {
  readonly message: string;
  readonly fix?: string;
  readonly location?: Location | undefined;
  readonly subject?: Subject | undefined;
  readonly severity?: Severity;
  readonly related?: Diagnostic['related'];
  readonly usedBy?: readonly string[];
}

/** Makes a Diagnostic; severity and fix come from the catalogue unless the details override them. */
export function diagnostic(code: Code, details: DiagnosticDetails): Diagnostic {
  const entry = catalogueEntry(code);
  return {
    code,
    severity: details.severity ?? entry.severity,
    message: details.message,
    fix: details.fix ?? entry.fix,
    ...(details.location && { location: details.location }),
    ...(details.subject && { subject: details.subject }),
    ...(details.related && { related: details.related }),
    ...(details.usedBy && { usedBy: details.usedBy }),
  };
}
