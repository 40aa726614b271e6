import { keyPairOf, summarise, trustBundleOf } from '../certificates';
import { decode, documentOf } from '../model/decode';
import type { AnyDefinition, Definition } from '../model/definition';
import type { Document } from '../model/document';
import { maskLongRuns, showsPrivateKey } from '../model/redaction';
import type { LastGood } from '../validation/accept';
import type { Contents, StoredCertificate, StoredDocument } from './contents';

/** What a control plane knows that its input may no longer say. */
export interface Memory {
  /** The last good reading of each file, by name. */
  readonly files: ReadonlyMap<string, readonly Document[]>;
  /** The last good version of each definition, by `keyOf`. */
  readonly lastGood: LastGood;
  readonly keptSince: ReadonlyMap<string, Date>;
  /** The whole input, as the deletion guard let it through. */
  readonly input: readonly Document[];
}

/**
 * `sealed`: all of it. `keyless`: no Secret, nothing that shows a private key, and not what the deletion guard knows: a state that
 * anybody could have written must not add definitions to a good input.
 */
export type Form = 'sealed' | 'keyless';

/** @param lost certificates that an earlier restart has lost, and whose loss is still to be told */
export function contentsOf(memory: Memory, form: Form, at: Date, lost: readonly StoredCertificate[]): Contents {
  const documents: StoredDocument[] = [];
  const indices = new Map<Document, number | undefined>();
  const indexOf = (document: Document): number | undefined => {
    if (indices.has(document)) return indices.get(document);
    const stored = form === 'sealed' || isPublic(document) ? storedOf(document) : undefined;
    const index = stored === undefined ? undefined : documents.push(stored) - 1;
    indices.set(document, index);
    return index;
  };
  const indicesOf = (list: readonly Document[]) => list.flatMap((document) => indexOf(document) ?? []);
  const files = [...memory.files].map(([name, list]) => [name, indicesOf(list)] as const);
  const lastGood = [...memory.lastGood].flatMap(([key, definition]) => {
    const document = documentOf(definition);
    const index = document && indexOf(document);
    return index === undefined ? [] : [[key, index] as const];
  });
  return {
    savedAt: at.toISOString(),
    files,
    lastGood,
    keptSince: [...memory.keptSince].map(([key, since]) => [key, since.toISOString()] as const),
    input: form === 'sealed' ? indicesOf(memory.input) : [],
    certificates: [
      ...[...memory.lastGood].flatMap(([key, definition]) => certificateOf(key, definition, memory.keptSince.get(key))),
      ...lost,
    ],
    documents,
  };
}

function storedOf(document: Document): StoredDocument {
  const { value, madeFrom } = document;
  const { file, line, column } = document.locate([]);
  return { file, line, column, value, ...(madeFrom !== undefined && { madeFrom }) };
}

/**
 * What a state without a key may hold.
 * Only what is understood to be something else than a Secret: what is not understood may be one that is misspelt.
 */
export function isPublic(document: Document): boolean {
  const { definition, rejected } = decode(document);
  if (definition === undefined || definition.kind === 'Secret' || rejected) return false;
  return !mayHoldKey(JSON.stringify(document.value));
}

/** Whether it shows a private key, or what could be one in base64 or hexadecimal, on one line or several, such as a Secret in an annotation. */
function mayHoldKey(json: string): boolean {
  if (showsPrivateKey(json)) return true;
  return [json, withoutLineBreaks(json)].some((text) => maskLongRuns(text) !== text);
}

/**
 * Without the line breaks and tabs that are written as escapes, however often they were escaped, and the blanks around them. Not by a
 * regular expression: one that repeats takes stack for each of millions of backslashes.
 */
function withoutLineBreaks(json: string): string {
  const flat: string[] = [];
  for (const part of json.split('\\')) {
    const isBreak = flat.length > 0 && 'nrt'.includes(part.charAt(0)) && part !== '';
    if (isBreak) flat.push((flat.pop() ?? '').trimEnd(), part.slice(1).trimStart());
    else if (flat.length === 0 || part !== '') flat.push(part);
  }
  return flat.join('');
}

function certificateOf(
  key: string,
  definition: AnyDefinition,
  keptSince: Date | undefined,
): readonly StoredCertificate[] {
  if (definition.kind !== 'Secret') return [];
  const { data }: Definition<'Secret'>['spec'] = definition.spec;
  const value = keyPairOf(data) ?? trustBundleOf(data, 'declared');
  const summary = value && summarise(value);
  if (summary === undefined) return [];
  const { subject, fingerprint, notAfter } = summary;
  return [{ key, subject, fingerprint, notAfter, ...(keptSince && { keptSince: keptSince.toISOString() }) }];
}
