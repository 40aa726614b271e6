import type { ResourceSet } from '../../snapshot/snapshot';
import { type Batch, divided } from './batch';

/** A whole set on its way, in the batches that are the same for everybody, to a client that had nothing of it. */
export class Division {
  readonly set: ResourceSet;
  readonly #batches: readonly Batch[];
  #sent = 0;

  /** @param single Whether each resource goes alone. */
  constructor(set: ResourceSet, single: boolean) {
    this.set = set;
    this.#batches = divided(set, single);
  }

  get ended(): boolean {
    return this.#sent >= this.#batches.length;
  }

  next(): Batch | undefined {
    const batch = this.#batches[this.#sent];
    if (batch !== undefined) this.#sent += 1;
    return batch;
  }

  /** Names that have not been sent. */
  *rest(): Iterable<string> {
    for (const { list } of this.#batches.slice(this.#sent)) for (const { name } of list) yield name;
  }
}
