import { isFields } from './problem';

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
  const noted = Object.keys(spec).some((key) => NOTES.has(key));
  if (!noted && !HOLDERS.some((field) => Object.hasOwn(spec, field))) return spec;
  const cleaned = Object.entries(spec)
    .filter(([key]) => !NOTES.has(key))
    .map(([key, value]): [string, unknown] => [key, HOLDERS.includes(key) ? stripped(value) : value]);
  const same = !noted && cleaned.every(([key, value]) => value === spec[key]);
  return same ? spec : Object.fromEntries(cleaned);
}

function stripped(value: unknown): unknown {
  if (Array.isArray(value)) {
    const items: readonly unknown[] = value;
    const rest = items.map(stripped);
    return rest.some((item, index) => item !== items[index]) ? rest : items;
  }
  if (!isFields(value)) return value;
  const entries = Object.entries(value)
    .filter(([key]) => !NOTES.has(key))
    .map(([key, item]): [string, unknown] => [key, stripped(item)]);
  const same = entries.length === Object.keys(value).length && entries.every(([key, item]) => item === value[key]);
  return same ? value : Object.fromEntries(entries);
}
