import type { Diagnostic } from '../diagnostic';

/** What a reporter turns into text: findings in reading order, and how much was looked at. */
export interface Report {
  readonly diagnostics: readonly Diagnostic[];
  readonly files: number;
  readonly definitions: number;
}

export interface Counts {
  readonly errors: number;
  readonly warnings: number;
}

export function count(diagnostics: readonly Diagnostic[]): Counts {
  return {
    errors: diagnostics.filter(({ severity }) => severity === 'error').length,
    warnings: diagnostics.filter(({ severity }) => severity === 'warning').length,
  };
}

/** Sorts by file, line, column and code; findings without a place come last. */
export function inReadingOrder(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  return diagnostics.toSorted((a, b) => {
    if (a.location === undefined || b.location === undefined)
      return Number(a.location === undefined) - Number(b.location === undefined);
    return (
      compare(a.location.file, b.location.file) ||
      a.location.line - b.location.line ||
      a.location.column - b.location.column ||
      compare(a.code, b.code)
    );
  });
}

function compare(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

/** `file:line:column`, or nothing. */
export function place({ location }: Diagnostic): string {
  return location === undefined ? '' : `${location.file}:${location.line}:${location.column}`;
}

/** The message, with what holds until it is mended: for formats that have no place of their own for that. */
export function inFull({ message, consequence }: Diagnostic): string {
  return consequence === undefined ? message : `${message}; until it is mended, ${consequence}`;
}
