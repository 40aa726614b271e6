import { decode } from '../model/decode';
import { type AnyDefinition, keyOf, subjectOf } from '../model/definition';
import type { Document } from '../model/document';
import { judgeDefinition } from '../validation/definition/rules';
import type { Contents, StoredCertificate } from './contents';
import { type Form, isPublic, type Memory } from './memory';
import { RestoredDocument } from './restored-document';

/** What came through a restart. */
export interface Restored extends Memory {
  readonly savedAt: Date;
  /** What was in service, by its public part, whether or not it came through. */
  readonly certificates: readonly StoredCertificate[];
  /** Definitions that this version of Countersign refuses: keys (`keyOf`). */
  readonly refused: readonly string[];
}

/**
 * Reads every definition anew, so that what is restored is what this version takes for sound. Whether a certificate has expired
 * meanwhile is not asked: a last good one is not withdrawn because time has passed, with or without a restart. Of a state without a key
 * no more is taken than is written to one.
 */
export function restore(contents: Contents, form: Form): Restored {
  const documents = contents.documents.map(
    ({ value, file, line, column, madeFrom }): Document =>
      new RestoredDocument(value, { file, line, column }, madeFrom),
  );
  const at = (indices: readonly number[]) =>
    indices.flatMap((index) => documents[index] ?? []).filter((document) => form === 'sealed' || isPublic(document));
  const lastGood = new Map<string, AnyDefinition>();
  const refused: string[] = [];
  for (const [key, index] of contents.lastGood) {
    const [document] = at([index]);
    const definition = document && soundly(document);
    if (definition !== undefined && keyOf(subjectOf(definition)) === key) lastGood.set(key, definition);
    else refused.push(key);
  }
  return {
    savedAt: new Date(contents.savedAt),
    files: new Map(contents.files.map(([name, indices]) => [name, at(indices)])),
    lastGood,
    keptSince: new Map(
      contents.keptSince.flatMap(([key, since]) => (lastGood.has(key) ? [[key, new Date(since)] as const] : [])),
    ),
    input: form === 'sealed' ? at(contents.input) : [],
    certificates: contents.certificates,
    refused,
  };
}

function soundly(document: Document): AnyDefinition | undefined {
  const { definition, rejected } = decode(document);
  if (definition === undefined || rejected) return undefined;
  return judgeDefinition(definition).some(({ severity }) => severity === 'error') ? undefined : definition;
}
