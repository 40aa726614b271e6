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

  /** Undefined until every source has synced: an empty answer would delete what an Envoy already has. */
  get(group: string): Snapshot | undefined {
    return this.#snapshots.get(group);
  }

  /** Publishes a snapshot and tells every listener, synchronously and in order of subscription. */
  set(snapshot: Snapshot): void {
    this.#snapshots.set(snapshot.group, snapshot);
    for (const listener of this.#listeners) listener(snapshot);
  }

  /** Returns the function that ends the subscription. */
  subscribe(listener: SnapshotListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
