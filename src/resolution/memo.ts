/**
 * Remembers the last result for each owner and slot, and hands the same object out again while every other input is the
 * same object or value. A full rebuild stays the semantics; this only makes what did not change keep its identity, so that
 * translation and encoding, which go by identity, have nothing to do.
 */
export class Memo<Owner extends object, Result> {
  readonly #entries = new WeakMap<
    Owner,
    Map<string, { readonly inputs: readonly unknown[]; readonly result: Result }>
  >();

  get(owner: Owner, slot: string, inputs: readonly unknown[], compute: () => Result): Result {
    let slots = this.#entries.get(owner);
    if (slots === undefined) {
      slots = new Map();
      this.#entries.set(owner, slots);
    }
    const known = slots.get(slot);
    if (known !== undefined && sameInputs(known.inputs, inputs)) return known.result;
    const result = compute();
    slots.set(slot, { inputs, result });
    return result;
  }
}

function sameInputs(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((value, index) => Object.is(value, b[index]));
}
