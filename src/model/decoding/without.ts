import type { Path } from '../document';
import { type Fields, isFields } from './problem';

/** A copy without the values at the paths; what no path touches is shared, not copied. */
export function withoutPaths(fields: Fields, paths: readonly Path[]): Fields {
  return paths.reduce((rest, path) => withoutPath(rest, path), fields);
}

function withoutPath(fields: Fields, [key, ...deeper]: Path): Fields {
  if (typeof key !== 'string' || !Object.hasOwn(fields, key)) return fields;
  const value = fields[key];
  if (deeper.length > 0 && isFields(value)) return { ...fields, [key]: withoutPath(value, deeper) };
  return Object.fromEntries(Object.entries(fields).filter(([name]) => name !== key));
}

/** The value without the fields of mappings that are null, at any depth: the API server takes those for absent. */
export function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) {
    const items: readonly unknown[] = value;
    const rest = items.map(withoutNulls);
    return rest.some((item, index) => item !== items[index]) ? rest : items;
  }
  if (!isFields(value)) return value;
  const entries = Object.entries(value);
  const rest = entries
    .filter(([, item]) => item !== null)
    .map(([key, item]): [string, unknown] => [key, withoutNulls(item)]);
  const same = rest.length === entries.length && rest.every(([key, item]) => item === value[key]);
  return same ? value : Object.fromEntries(rest);
}
