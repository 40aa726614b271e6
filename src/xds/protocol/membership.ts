import type { Snapshot } from '../../snapshot/snapshot';
import { groupOf, type NodeIdentity, sameNode } from './node';

/** Reads the newest snapshots; `SnapshotStore` is one. */
export interface SnapshotReader {
  has(group: string): boolean;
  get(group: string): Snapshot | undefined;
}

/** What the peer of a stream may be; asked again whenever that may have changed. */
export interface Authority {
  /** The node groups that it may be served as this node; undefined if it may not call itself that. */
  groups(nodeId: string): { has(group: string): boolean } | undefined;
}

/** The stream must end with `INVALID_ARGUMENT`. */
export class InvalidRequestError extends Error {
  override readonly name = 'InvalidRequestError';
}

/** The stream must end with `PERMISSION_DENIED`. */
export class DeniedError extends Error {
  override readonly name = 'DeniedError';
}

/** Something else is published to the node than before. */
export interface Publication {
  /** Undefined: nothing was. */
  readonly previous: Snapshot | undefined;
  readonly next: Snapshot;
}

/** Which node a stream speaks for, to which group that belongs, and what is published to it. */
export class Membership {
  readonly #snapshots: SnapshotReader;
  readonly #authority: Authority;
  #node: NodeIdentity | undefined;
  #group: string | undefined;
  #snapshot: Snapshot | undefined;
  #moves = 0;

  constructor(snapshots: SnapshotReader, authority: Authority) {
    this.#snapshots = snapshots;
    this.#authority = authority;
  }

  /** Undefined before the first request. */
  get node(): NodeIdentity | undefined {
    return this.#node;
  }

  get group(): string | undefined {
    return this.#group;
  }

  get snapshot(): Snapshot | undefined {
    return this.#snapshot;
  }

  /** Counts how often the node came into another group. */
  get moves(): number {
    return this.#moves;
  }

  /** Whether the newest snapshot has been taken notice of. */
  get current(): boolean {
    return this.#group === undefined || this.#snapshots.get(this.#group) === this.#snapshot;
  }

  /**
   * Takes the node of a request. Envoy says it on the first one of a stream, and may repeat it.
   *
   * @throws InvalidRequestError without a node on the first request, or with another one later.
   * @throws DeniedError if the peer may not be that node, or not be served its group.
   */
  identify(node: NodeIdentity | undefined): NodeIdentity {
    if (this.#node === undefined) {
      if (node === undefined) throw new InvalidRequestError('the first request of a stream must say its node');
      if (node.id === '') throw new InvalidRequestError('node.id is empty');
      this.#node = node;
      this.refresh();
    } else if (node !== undefined && !sameNode(node, this.#node)) {
      throw new InvalidRequestError('a stream cannot change its node');
    }
    return this.#node;
  }

  /**
   * Looks for a newer snapshot of the node's group, or for a group that has come into being.
   *
   * @throws DeniedError as `identify`.
   */
  refresh(): Publication | undefined {
    if (this.#node === undefined) return undefined;
    const group = groupOf(this.#node, this.#snapshots);
    if (group !== this.#group) this.#moves += 1;
    this.#group = group;
    this.#authorise(this.#node.id, group);
    const previous = this.#snapshot;
    const next = this.#snapshots.get(group);
    if (next === undefined || next === previous) return undefined;
    this.#snapshot = next;
    return { previous, next };
  }

  #authorise(nodeId: string, group: string): void {
    const groups = this.#authority.groups(nodeId);
    if (groups === undefined) throw new DeniedError('the client certificate does not allow this node id');
    if (!groups.has(group)) throw new DeniedError('the client certificate does not allow this node group');
  }
}
