import type { Resource, ResourceType } from '../../snapshot/snapshot';
import { Doubts } from './doubts';
import type { RefusalReason } from './refusal';

/** Bounds what one misbehaving node, and many short-lived ones, can make us remember. */
const MAX_REJECTIONS_PER_NODE = 1_000;
const MAX_OWED_PER_NODE = 10_000;
const MAX_NODES = 10_000;

interface Rejection {
  readonly reason: RefusalReason;
  /** Part of it is in files of the node’s machine. */
  readonly external: boolean;
}

/** What outlives a stream about one node: what it refused, what it may have, and what it still has to be told again. */
export class NodeLedger {
  /** By type, name and version. */
  readonly #rejected = new Map<string, Rejection>();
  readonly #owed = new Set<string>();
  readonly #doubts = new Map<ResourceType, Doubts>();

  /** Remembers that the node refused these very bytes; they are not sent to it again. */
  reject(type: ResourceType, resource: Resource, reason: RefusalReason): void {
    const key = `${type}\0${resource.name}\0${resource.version}`;
    this.#rejected.delete(key);
    this.#rejected.set(key, { reason, external: resource.external === true });
    if (this.#rejected.size > MAX_REJECTIONS_PER_NODE) {
      for (const oldest of this.#rejected.keys()) {
        this.#rejected.delete(oldest);
        break;
      }
    }
  }

  /**
   * Forgets what was refused of a type for files that may have been missing: a node that begins with nothing of it may have
   * been restarted when they were there.
   */
  forgiveMissingFiles(type: ResourceType): void {
    for (const [key, { external }] of [...this.#rejected]) {
      if (external && key.startsWith(`${type}\0`)) this.#rejected.delete(key);
    }
  }

  get rejections(): number {
    return this.#rejected.size;
  }

  /** Names of that type of which some bytes were refused, then or later. */
  rejectedNames(type: ResourceType): string[] {
    const names = new Set<string>();
    for (const key of this.#rejected.keys()) {
      const [keyType, name] = key.split('\0');
      if (keyType === type && name !== undefined) names.add(name);
    }
    return [...names];
  }

  rejected(type: ResourceType, resource: Resource): boolean {
    return this.reason(type, resource) !== undefined;
  }

  /** Why the node refused these very bytes; undefined if it did not. */
  reason(type: ResourceType, resource: Resource): RefusalReason | undefined {
    if (this.#rejected.size === 0) return undefined;
    return this.#rejected.get(`${type}\0${resource.name}\0${resource.version}`)?.reason;
  }

  /**
   * Notes that a resource must be sent again although its bytes are known, because its parent changed. If the stream
   * breaks first, the next one answers the name even where the client claims to have that version.
   */
  owe(type: ResourceType, name: string): void {
    if (this.#owed.size < MAX_OWED_PER_NODE) this.#owed.add(`${type}\0${name}`);
  }

  owed(type: ResourceType, name: string): boolean {
    return this.#owed.size > 0 && this.#owed.has(`${type}\0${name}`);
  }

  paid(type: ResourceType, names: Iterable<string>): void {
    if (this.#owed.size === 0) return;
    for (const name of names) this.#owed.delete(`${type}\0${name}`);
  }

  /** What the node may have of a type without our knowing. */
  doubts(type: ResourceType): Doubts {
    let doubts = this.#doubts.get(type);
    if (doubts === undefined) this.#doubts.set(type, (doubts = new Doubts()));
    return doubts;
  }
}

/** The ledgers of all nodes, by node id; the least recently connected are forgotten first. */
export class NodeLedgers {
  readonly #ledgers = new Map<string, NodeLedger>();

  of(nodeId: string): NodeLedger {
    const ledger = this.#ledgers.get(nodeId) ?? new NodeLedger();
    this.#ledgers.delete(nodeId);
    this.#ledgers.set(nodeId, ledger);
    if (this.#ledgers.size > MAX_NODES) {
      for (const oldest of this.#ledgers.keys()) {
        this.#ledgers.delete(oldest);
        break;
      }
    }
    return ledger;
  }
}
