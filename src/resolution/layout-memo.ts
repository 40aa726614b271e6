import { sameItems } from './same-items';

interface Entry<Item, Layout> {
  readonly inputs: readonly unknown[];
  readonly items: readonly Item[];
  readonly layout: Layout;
}

/**
 * How a long list is laid out, in positions: in which order, or which go together. A later list has the same layout while in each place
 * there is the same item, or one that is its equal in all that the layout depends on: an item that changed otherwise moves nothing.
 */
export class LayoutMemo<Item, Layout> {
  readonly #entries = new WeakMap<object, Entry<Item, Layout>>();
  readonly #equal: (a: Item, b: Item) => boolean;

  constructor(equal: (a: Item, b: Item) => boolean) {
    this.#equal = equal;
  }

  /** `compute` must depend on `owner`, `inputs`, and what `equal` compares alone. */
  get(
    owner: object,
    inputs: readonly unknown[],
    items: readonly Item[],
    compute: (items: readonly Item[]) => Layout,
  ): Layout {
    const known = this.#entries.get(owner);
    const lent = known !== undefined && sameItems(known.inputs, inputs) && this.#fits(known.items, items);
    const layout = lent ? known.layout : compute(items);
    this.#entries.set(owner, { inputs, items, layout });
    return layout;
  }

  #fits(before: readonly Item[], items: readonly Item[]): boolean {
    if (before === items) return true;
    if (before.length !== items.length) return false;
    for (let index = 0; index < items.length; index += 1) {
      const earlier = before[index];
      const item = items[index];
      if (earlier === item || earlier === undefined || item === undefined) continue;
      if (!this.#equal(earlier, item)) return false;
    }
    return true;
  }
}

/** The items at these positions. */
export function itemsAt<Item>(positions: readonly number[], items: readonly Item[]): Item[] {
  const found: Item[] = [];
  for (const position of positions) {
    const item = items[position];
    if (item !== undefined) found.push(item);
  }
  return found;
}

/** The positions of the items in order of their keys; of several with equal keys, the first alone. */
export function sortedPositions<Item, Key>(
  items: readonly Item[],
  keyOf: (item: Item) => Key,
  compare: (a: Key, b: Key) => number,
): readonly number[] {
  const sorted = items.map((item, position) => ({ key: keyOf(item), position })).sort((a, b) => compare(a.key, b.key));
  return sorted
    .filter(({ key }, index) => {
      const before = sorted[index - 1];
      return before === undefined || compare(before.key, key) !== 0;
    })
    .map(({ position }) => position);
}
