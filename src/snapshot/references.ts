import { RESOURCE_TYPES, type Resource } from './snapshot';

/** Whether two resources refer to the same names, in the same order. */
export function sameReferences(a: Resource['references'], b: Resource['references']): boolean {
  if (a === b) return true;
  return RESOURCE_TYPES.every((type) => {
    const left = a[type] ?? [];
    const right = b[type] ?? [];
    return left.length === right.length && left.every((name, index) => name === right[index]);
  });
}
