/** Values that one definition may hold. An EndpointSlice of 1,000 endpoints, Kubernetes' limit, has about 15,000. */
export const MAX_VALUES = 50_000;

/** True if a value holds more than MAX_VALUES values, counted no further than that. */
export function isOversized(root: unknown): boolean {
  let left = MAX_VALUES;
  const open: unknown[] = [root];
  while (open.length > 0) {
    const value = open.pop();
    if (--left < 0) return true;
    if (typeof value !== 'object' || value === null) continue;
    for (const key in value) {
      open.push((value as Readonly<Record<string, unknown>>)[key]);
      if (open.length > left) return true;
    }
  }
  return false;
}

/** True if lists and mappings nest more than `most` deep, looked at no deeper than that. */
export function isDeeper(value: unknown, most: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return most === 0 || Object.values(value).some((item) => isDeeper(item, most - 1));
}
