class Node {
  readonly #next = new WeakMap<object, Node>();

  after(object: object): Node {
    let next = this.#next.get(object);
    if (next === undefined) {
      next = new Node();
      this.#next.set(object, next);
    }
    return next;
  }
}

const root = new Node();

/** One object that stands for a sequence of objects: the same one each time for the same objects, and for no others. It keeps none of them. */
export function sameObjects(objects: Iterable<object>): object {
  let node = root;
  for (const object of objects) node = node.after(object);
  return node;
}

const contents = new WeakMap<readonly object[], object>();

/** As `sameObjects`, of a list: another list of the same objects gives the same one, and a list is gone through once. */
export function sameItems(list: readonly object[]): object {
  let known = contents.get(list);
  if (known === undefined) {
    known = sameObjects(list);
    contents.set(list, known);
  }
  return known;
}
