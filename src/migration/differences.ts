import { type Field, fieldsOf } from '../model/fields';
import { KIND_MODELS, type Kind } from '../model/kinds';
import type { Difference } from './compared';

/** The fields of each kind of which a schema says how they differ from Ambassador’s. */
const NOTED = new Map<Kind, readonly { readonly path: string; readonly difference: Difference }[]>();

function notedFields(kind: Kind) {
  const known = NOTED.get(kind);
  if (known !== undefined) return known;
  const noted = fieldsOf(KIND_MODELS[kind]).flatMap((field) => {
    const difference = differenceOf(field);
    return difference === undefined ? [] : [{ path: field.path, difference }];
  });
  NOTED.set(kind, noted);
  return noted;
}

/** An addition is in no definition that was written for Emissary. */
function differenceOf({ path, schema }: Field): Difference | undefined {
  const note = schema['x-ambassador'];
  if (note === undefined || note.startsWith('Addition: ')) return undefined;
  const better = /^Better: (.*)$/s.exec(note);
  return better === null
    ? { kind: 'differs', field: path, note }
    : { kind: 'better', field: path, note: better[1] ?? '' };
}

/** What of a spec means something else here; each field once. */
export function differencesIn(kind: Kind, spec: unknown): readonly Difference[] {
  return notedFields(kind)
    .filter(({ path }) => isThere(spec, path.split(/\.|(?=\[\])/)))
    .map(({ difference }) => difference);
}

function isThere(value: unknown, [first, ...rest]: readonly string[]): boolean {
  if (first === undefined) return value !== undefined;
  if (first === '[]') return Array.isArray(value) && value.some((item) => isThere(item, rest));
  if (typeof value !== 'object' || value === null) return false;
  if (first === '<name>') return Object.values(value).some((item) => isThere(item, rest));
  return Object.hasOwn(value, first) && isThere((value as Readonly<Record<string, unknown>>)[first], rest);
}
