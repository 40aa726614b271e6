import type { SourceState } from './source';

/** Whether a source has nothing new: documents and diagnostics of what did not change keep their identity. */
export function isSameState(a: SourceState, b: SourceState): boolean {
  return sameItems(a.documents, b.documents) && sameItems(a.diagnostics, b.diagnostics);
}

/** Whether two lists hold the same objects in the same places. */
export function sameItems(a: readonly object[], b: readonly object[]): boolean {
  return a.length === b.length && a.every((item, index) => item === b[index]);
}
