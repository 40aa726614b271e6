import type { Path } from '../../model/document';

/** A value and where it sits in its document. */
export interface Placed {
  readonly value: unknown;
  readonly path: Path;
}

/**
 * The definitions in a document: itself, or the items of a Kubernetes `List`. Items of a typed list (`MappingList`) leave
 * out what the list says for all of them, as the API server does.
 */
export function expandLists(value: unknown, path: Path = []): readonly Placed[] {
  if (typeof value !== 'object' || value === null || !('kind' in value) || !('items' in value))
    return [{ value, path }];
  const { kind, items } = value;
  if (typeof kind !== 'string' || !kind.endsWith('List')) return [{ value, path }];
  if (items === null) return [];
  if (!Array.isArray(items)) return [{ value, path }];
  const apiVersion: unknown = 'apiVersion' in value ? value.apiVersion : undefined;
  const list: readonly unknown[] = items;
  return list.flatMap((item, index) => {
    const typed = kind === 'List' || typeof item !== 'object' || item === null || Array.isArray(item);
    const complete = typed ? item : { apiVersion, kind: kind.slice(0, -'List'.length), ...item };
    return expandLists(complete, [...path, 'items', index]);
  });
}
