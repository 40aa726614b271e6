import { sameItems } from './same-items';

/** Items of one block: few enough that to do one anew costs nothing, and so many that there are few blocks. */
const BLOCK = 64;

interface Entry<Item, Result> {
  readonly inputs: readonly unknown[];
  readonly items: readonly Item[];
  readonly results: readonly Result[];
}

/**
 * Computes something about a long list block by block, and has the last result of each block again while the items in that place
 * and every other input are the same objects or values. Most of a long list is as it was, in its old place, and to compare it so does not
 * even look at the items: ten thousand look-ups of what is known of each would take longer than all that a small change needs.
 */
export class ListMemo<Item, Result extends object> {
  readonly #entries = new WeakMap<object, Entry<Item, Result>>();

  /** The result of each block, in order; the same list while every one is the same. `compute` must depend on `owner`, `inputs` and its block alone. */
  blocks(
    owner: object,
    inputs: readonly unknown[],
    items: readonly Item[],
    compute: (block: readonly Item[]) => Result,
  ): readonly Result[] {
    const known = this.#entries.get(owner);
    const before = known !== undefined && sameItems(known.inputs, inputs) ? known : undefined;
    if (before?.items === items) return before.results;
    const found: Result[] = [];
    for (let start = 0; start < items.length; start += BLOCK) {
      const same = before !== undefined && sameBlock(before.items, items, start);
      const result = same ? before.results[found.length] : undefined;
      found.push(result ?? compute(items.slice(start, start + BLOCK)));
    }
    const results = before !== undefined && sameItems(before.results, found) ? before.results : found;
    this.#entries.set(owner, { inputs, items, results });
    return results;
  }
}

function sameBlock<Item>(a: readonly Item[], b: readonly Item[], start: number): boolean {
  const end = Math.min(start + BLOCK, b.length);
  if (Math.min(start + BLOCK, a.length) !== end) return false;
  for (let index = start; index < end; index += 1) if (a[index] !== b[index]) return false;
  return true;
}
