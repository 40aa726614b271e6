import type { Diagnostic } from '../diagnostics/diagnostic';
import type { Document } from '../model/document';

/** How many files were read: those with definitions, and those that could only be complained about. */
export function filesIn(documents: readonly Document[], findings: readonly Diagnostic[]): number {
  return new Set([...documents.map(({ file }) => file), ...findings.flatMap(({ location }) => location?.file ?? [])])
    .size;
}
