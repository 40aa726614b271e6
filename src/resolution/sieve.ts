import { ListMemo } from './list-memo';

/** Finds the few of a long list that a question concerns, without asking again those that stand where they stood. */
export class Sieve<Item> {
  readonly #memo = new ListMemo<Item, readonly Item[]>();
  readonly #keeps: (item: Item) => boolean;

  /** `keeps` must depend on the item alone. */
  constructor(keeps: (item: Item) => boolean) {
    this.#keeps = keeps;
  }

  /** Those that are kept, in order. What was found last is remembered under `owner`. */
  of(owner: object, items: readonly Item[]): readonly Item[] {
    const blocks = this.#memo.blocks(owner, [], items, (block) => block.filter(this.#keeps));
    return ([] as Item[]).concat(...blocks);
  }
}
