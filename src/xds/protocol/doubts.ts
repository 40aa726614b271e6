import type { Batch } from './batch';

/** Bounds what one misbehaving node can make us remember of one type. */
const MAX_NAMES = 100_000;
const MAX_BATCHES = 1_000;

/**
 * What a node may have of a type without ever saying so: of a response that it refuses as a whole, it still applies the good
 * resources, and does not report them when it reconnects. They must be removed by name when they go.
 */
export class Doubts {
  readonly #names = new Set<string>();
  /** Held as they were sent: names of their own would cost memory for each node that is being sent everything. */
  readonly #batches = new Set<Batch>();

  get none(): boolean {
    return this.#names.size === 0 && this.#batches.size === 0;
  }

  has(name: string): boolean {
    if (this.#names.has(name)) return true;
    for (const { resources } of this.#batches) if (resources.has(name)) return true;
    return false;
  }

  *names(): Iterable<string> {
    yield* this.#names;
    for (const { resources } of this.#batches) yield* resources.keys();
  }

  /** A response of more than one resource goes out. */
  add(batch: Batch): void {
    if (batch.list.length > 1 && this.#batches.size < MAX_BATCHES) this.#batches.add(batch);
  }

  /** It is not known whether the node did as it was told about this name. */
  addName(name: string): void {
    if (this.#names.size < MAX_NAMES) this.#names.add(name);
  }

  /** The node accepted the response. */
  settle(batch: Batch): void {
    this.#batches.delete(batch);
    for (const { name } of this.#names.size > 0 ? batch.list : []) this.#names.delete(name);
    for (const other of this.#batches) if (overlap(other, batch)) this.#dissolve(other, batch);
  }

  /** The node has, or has not, this name for certain. */
  settleName(name: string): void {
    this.#names.delete(name);
    for (const batch of this.#batches) {
      if (!batch.resources.has(name)) continue;
      this.#dissolve(batch);
      this.#names.delete(name);
    }
  }

  /** The node accepted a response that says everything about the type. */
  clear(): void {
    this.#names.clear();
    this.#batches.clear();
  }

  /** From now on by name, without those of `settled`. */
  #dissolve(batch: Batch, settled?: Batch): void {
    this.#batches.delete(batch);
    for (const { name } of batch.list)
      if (settled?.resources.has(name) !== true && this.#names.size < MAX_NAMES) this.#names.add(name);
  }
}

function overlap(a: Batch, b: Batch): boolean {
  if (a.of !== undefined && a.of === b.of) return false;
  const [small, large] = a.list.length < b.list.length ? [a, b] : [b, a];
  return small.list.some(({ name }) => large.resources.has(name));
}
