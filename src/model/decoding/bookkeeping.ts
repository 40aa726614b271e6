import { type Fields, isFields } from './problem';

/** What the conversion webhook notes in a v3alpha1 document of how its v2 form was written; it means nothing. */
const NOTES: ReadonlySet<string> = new Set([
  'v2BoolHeaders',
  'v2BoolQueryParameters',
  'v2CommaSeparatedOrigins',
  'v2ExplicitTLS',
  'v2Representation',
  'v2Shorthand',
]);
/** The fields that may hold such notes further down. */
const HOLDERS = ['add_request_headers', 'add_response_headers', 'cors', 'labels'];

/** A v3alpha1 spec without the webhook's notes: whoever exports definitions from a cluster has them. The same object where there are none. */
export function withoutBookkeeping(spec: unknown): unknown {
  if (!isFields(spec)) return spec;
  if (!isNoted(spec) && !HOLDERS.some((field) => holdsNotes(spec[field]))) return spec;
  return cleaned(spec, (field, value) => (HOLDERS.includes(field) ? stripped(value) : value));
}

function isNoted(fields: Fields): boolean {
  for (const field in fields) if (NOTES.has(field)) return true;
  return false;
}

function holdsNotes(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(holdsNotes);
  if (!isFields(value)) return false;
  for (const field in value) if (NOTES.has(field) || holdsNotes(value[field])) return true;
  return false;
}

function stripped(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(stripped);
  return isFields(value) ? cleaned(value, (_, item) => stripped(item)) : value;
}

function cleaned(fields: Fields, clean: (field: string, value: unknown) => unknown): Fields {
  const kept = Object.entries(fields).filter(([field]) => !NOTES.has(field));
  return Object.fromEntries(kept.map(([field, value]) => [field, clean(field, value)]));
}
