import type { ResourceSet } from '../../snapshot/snapshot';

/** Which names of a list were met in one comparison: the same room for all, since comparing is synchronous. */
let marks = new Uint32Array(1024);
let round = 0;

/** The names of a set without its resources: one list for all that want exactly these, and whoever keeps it keeps no old bytes. */
export class NameList {
  readonly #positions: ReadonlyMap<string, number>;
  readonly #compared = new WeakMap<readonly string[], boolean>();

  constructor(names: Iterable<string>) {
    this.#positions = new Map([...names].map((name, index) => [name, index]));
  }

  get size(): number {
    return this.#positions.size;
  }

  has(name: string): boolean {
    return this.#positions.has(name);
  }

  [Symbol.iterator](): Iterator<string> {
    return this.#positions.keys();
  }

  /** Whether these are the same names, in whatever order and however often. A list must not change once it was compared. */
  equals(names: readonly string[]): boolean {
    let equal = this.#compared.get(names);
    if (equal === undefined) this.#compared.set(names, (equal = this.#compare(names)));
    return equal;
  }

  #compare(names: readonly string[]): boolean {
    if (names.length < this.size) return false;
    if (marks.length < this.size) marks = new Uint32Array(2 * this.size);
    round = (round + 1) % 2 ** 32;
    if (round === 0) marks.fill(0);
    let met = 0;
    for (const name of names) {
      const position = this.#positions.get(name);
      if (position === undefined) return false;
      if (marks[position] === round) continue;
      marks[position] = round;
      met += 1;
    }
    return met === this.size;
  }
}

export const NO_NAMES = new NameList([]);

const lists = new WeakMap<ResourceSet, NameList>();

export function namesOf(set: ResourceSet): NameList {
  let list = lists.get(set);
  if (list === undefined) lists.set(set, (list = new NameList(set.resources.keys())));
  return list;
}
