/** Aliases make a tree of values a graph: what it stands for once it is written out. */
export interface Expansion {
  /** Values as written, each once. */
  readonly written: number;
  /** Values when every alias is written out. */
  readonly expanded: number;
  /** How deep lists and mappings nest when every alias is written out. Infinite if an alias refers to itself. */
  readonly depth: number;
}

/** Measures the values below `root`. Visits every object once, however much it stands for. */
export function measureExpansion(root: unknown): Expansion {
  const known = new Map<object, { readonly expanded: number; readonly depth: number }>();
  const open = new Set<object>();
  let written = 0;
  const measure = (value: unknown): { readonly expanded: number; readonly depth: number } => {
    if (typeof value !== 'object' || value === null) {
      written++;
      return { expanded: 1, depth: 0 };
    }
    if (open.has(value)) return { expanded: Number.POSITIVE_INFINITY, depth: Number.POSITIVE_INFINITY };
    const before = known.get(value);
    if (before !== undefined) return before;
    open.add(value);
    written++;
    let expanded = 1;
    let depth = 0;
    for (const item of Object.values(value)) {
      const size = measure(item);
      expanded += size.expanded;
      depth = Math.max(depth, size.depth);
    }
    open.delete(value);
    const size = { expanded, depth: depth + 1 };
    known.set(value, size);
    return size;
  };
  const { expanded, depth } = measure(root);
  return { written, expanded, depth };
}
