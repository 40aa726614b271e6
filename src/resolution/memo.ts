import { sameItems } from './same-items';

interface Entry<Result> {
  readonly slot: string;
  inputs: readonly unknown[];
  result: Result;
  readonly next: Entry<Result> | undefined;
}

/**
 * Remembers the last result for each owner and slot, and hands the same object out again while every other input is the
 * same object or value. A full rebuild stays the semantics; this only makes what did not change keep its identity, so that
 * translation and encoding, which go by identity, have nothing to do.
 */
export class Memo<Owner extends object, Result> {
  /** An owner has one slot or a few, so a list is smaller and quicker than a Map. */
  readonly #entries = new WeakMap<Owner, Entry<Result>>();

  get(owner: Owner, slot: string, inputs: readonly unknown[], compute: () => Result): Result {
    const first = this.#entries.get(owner);
    for (let entry = first; entry !== undefined; entry = entry.next) {
      if (entry.slot !== slot) continue;
      if (!sameItems(entry.inputs, inputs)) {
        entry.result = compute();
        entry.inputs = inputs;
      }
      return entry.result;
    }
    const result = compute();
    this.#entries.set(owner, { slot, inputs, result, next: first });
    return result;
  }
}
