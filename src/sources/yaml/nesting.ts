/** Whether lists and mappings nest deeper than that. Without recursion: what is asked about may nest deeper than a stack. */
export function nestsBeyond(root: unknown, depth: number): boolean {
  let level: readonly unknown[] = [root];
  for (let reached = 0; level.length > 0; reached += 1) {
    const holders = level.filter((value) => typeof value === 'object' && value !== null);
    if (holders.length > 0 && reached >= depth) return true;
    level = holders.flatMap((value) => Object.values(value));
  }
  return false;
}
