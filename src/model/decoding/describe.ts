import type { Path } from '../document';
import { maskLongRuns, maskUserInformation, showsPrivateKey } from '../redaction';

const LONGEST_TEXT = 40;

/** A value in plain words for a message: its type, and the value itself where it is short and no secret. */
export function describe(value: unknown, hidden: boolean): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a mapping';
  if (typeof value === 'string') return hidden ? 'text' : `the text ${quote(value)}`;
  if (typeof value === 'number') return hidden ? 'a number' : `the number ${value}`;
  if (hidden || typeof value !== 'boolean') return 'true or false';
  return value ? 'true' : 'false';
}

/** Text in quotes, shortened and masked; text that shows a private key is not repeated at all. */
export function quote(text: string): string {
  if (showsPrivateKey(text)) return '"[redacted]"';
  const masked = maskLongRuns(maskUserInformation(text));
  return JSON.stringify(masked.length > LONGEST_TEXT ? `${masked.slice(0, LONGEST_TEXT)}…` : masked);
}

const TYPES: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping',
};

/** A JSON Schema type in plain words. */
export function describeType(type: string): string {
  return TYPES[type] ?? type;
}

/** No longer than any field; longer ones may be encoded bytes. */
const PLAIN_KEY = /^[A-Za-z_][\w-]{0,38}$/;

/** `spec.hosts[0]`; keys that are no plain word are quoted. */
export function showPath(path: Path): string {
  let shown = '';
  for (const part of path) {
    if (typeof part === 'number') shown += `[${part}]`;
    else if (PLAIN_KEY.test(part)) shown += shown === '' ? part : `.${part}`;
    else shown += `[${quote(part)}]`;
  }
  return shown;
}

/** `a`, `a or b`, `a, b or c`. */
export function alternatives(words: readonly string[]): string {
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} or ${last}`;
}
