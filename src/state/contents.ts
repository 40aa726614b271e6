import Ajv from 'ajv';
import type { Subject } from '../diagnostics/diagnostic';
import { isDeeper } from '../model/decoding/size';
import type { Place } from './restored-document';

/** A document as it is stored. */
export interface StoredDocument extends Place {
  /** Plain JSON, as the source read it. */
  readonly value: unknown;
  readonly madeFrom?: Subject;
}

/** The public part of a certificate that was in service, so that its loss can be told. */
export interface StoredCertificate {
  /** The Secret, by `keyOf`. */
  readonly key: string;
  readonly subject: string;
  /** SHA-256 of the certificate in lower-case hex. */
  readonly fingerprint: string;
  /** ISO 8601. */
  readonly notAfter: string;
  /** Since when it served in the place of a bad one, if it did: ISO 8601. */
  readonly keptSince?: string;
}

/** What a state file says, as JSON. Numbers are indices into `documents`. */
export interface Contents {
  /** ISO 8601. */
  readonly savedAt: string;
  readonly documents: readonly StoredDocument[];
  /** The last good reading of each file. */
  readonly files: readonly (readonly [name: string, documents: readonly number[]])[];
  /** The last good version of each definition, by `keyOf`. */
  readonly lastGood: readonly (readonly [key: string, document: number])[];
  /** Since when a last good version serves in the place of the input: ISO 8601, by `keyOf`. */
  readonly keptSince: readonly (readonly [key: string, since: string])[];
  /** The whole input, which the deletion guard compares the next one with. */
  readonly input: readonly number[];
  readonly certificates: readonly StoredCertificate[];
}

const text = { type: 'string' };
const index = { type: 'integer', minimum: 0 };
const list = (items: object) => ({ type: 'array', items });
const record = (properties: Readonly<Record<string, object>>, optional: readonly string[] = []) => ({
  type: 'object',
  properties,
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
  additionalProperties: false,
});
const pair = (second: object) => ({ type: 'array', items: [text, second], minItems: 2, maxItems: 2 });

const SCHEMA = record({
  savedAt: text,
  documents: list(
    record(
      {
        file: text,
        line: index,
        column: index,
        value: {},
        madeFrom: record({ kind: text, namespace: text, name: text }),
      },
      ['madeFrom'],
    ),
  ),
  files: list(pair(list(index))),
  lastGood: list(pair(index)),
  keptSince: list(pair(text)),
  input: list(index),
  certificates: list(
    record({ key: text, subject: text, fingerprint: text, notAfter: text, keptSince: text }, ['keptSince']),
  ),
});

export function writeContents(contents: Contents): Buffer {
  return Buffer.from(JSON.stringify(contents));
}

/** Nesting of the contents; a document of a source has 64, and a few where it is embedded in another. */
const DEEPEST = 100;

/** Undefined if it is not what `writeContents` writes. */
export function readContents(body: Uint8Array): Contents | undefined {
  const value = parsed(body);
  // What nests deeper than a source would read cannot have come from one, and reading it would exhaust the stack.
  if (isDeeper(value, DEEPEST)) return undefined;
  if (!new Ajv({ strictTuples: false }).compile<Contents>(SCHEMA)(value)) return undefined;
  const indices = [...value.input, ...value.files.flatMap(([, list]) => list), ...value.lastGood.map(([, at]) => at)];
  const dates = [value.savedAt, ...value.keptSince.map(([, since]) => since)];
  const isWhole =
    indices.every((at) => at < value.documents.length) && dates.every((date) => !Number.isNaN(Date.parse(date)));
  return isWhole ? value : undefined;
}

function parsed(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    return undefined;
  }
}
