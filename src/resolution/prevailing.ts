import { type Diagnostic, diagnostic } from '../diagnostics/diagnostic';
import { isFields } from '../model/decoding/problem';
import { keyOf } from '../model/definition';
import type { Document } from '../model/document';
import { holderOf } from '../model/embedded';

/** Leaves out what another document prevails over: CS7033 says so. */
export function prevailing(documents: readonly Document[]): {
  readonly documents: readonly Document[];
  readonly diagnostics: readonly Diagnostic[];
} {
  const names = new Set(documents.filter(({ prevails }) => prevails === true).map(nameOf));
  if (names.size === 0) return { documents, diagnostics: [] };
  const isOut = (document: Document) => document.prevails !== true && names.has(nameOf(document));
  const diagnostics = documents.filter(isOut).map((document) => {
    const subject = holderOf(isFields(document.value) ? document.value : {});
    const message = `${keyOf(subject)} is not read: the files of Istio count`;
    return diagnostic('CS7033', { message, subject, location: document.locate(['metadata', 'name']) });
  });
  return diagnostics.length === 0
    ? { documents, diagnostics }
    : { documents: documents.filter((document) => !isOut(document)), diagnostics };
}

function nameOf({ value }: Document): string {
  return keyOf(holderOf(isFields(value) ? value : {}));
}
