import type { Snapshot } from './snapshot';

export type SnapshotListener = (snapshot: Snapshot) => void;

/** The one mutable cell between the compiler and the streams: the newest Snapshot of each node group. */
export class SnapshotStore {
  readonly #snapshots = new Map<string, Snapshot>();
  readonly #listeners = new Set<SnapshotListener>();

  /** The groups that exist; a node that names none of them belongs to `default`. */
  groups(): readonly string[] {
    return [...this.#snapshots.keys()];
  }

  has(group: string): boolean {
    return this.#snapshots.has(group);
  }

  /** Undefined until every source has synced: an empty answer would delete what an Envoy already has. */
  get(group: string): Snapshot | undefined {
    return this.#snapshots.get(group);
  }

  /**
   * Publishes snapshots and tells every listener of each that is new, synchronously and in order of subscription. All are
   * in place before the first listener runs: publish the groups of one build together, or a node could be taken for one
   * of `default` while its own group is still on the way.
   */
  set(...snapshots: readonly Snapshot[]): void {
    const fresh = snapshots.filter((snapshot) => this.#snapshots.get(snapshot.group) !== snapshot);
    for (const snapshot of fresh) this.#snapshots.set(snapshot.group, snapshot);
    for (const snapshot of fresh) for (const listener of this.#listeners) listener(snapshot);
  }

  /** Returns the function that ends the subscription. */
  subscribe(listener: SnapshotListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
