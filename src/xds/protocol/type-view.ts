import {
  RESOURCE_TYPES,
  type Resource,
  type ResourceSet,
  type ResourceType,
  type Snapshot,
} from '../../snapshot/snapshot';
import type { AcceptedResources } from './accepted-resources';
import type { RefusalReason } from './refusal';
import type { NodeLedger } from './rejections';

/** One node's view of one type of its snapshot: as published, except for bytes that this node refused. */
export class TypeView {
  readonly type: ResourceType;
  readonly ledger: NodeLedger;
  readonly #accepted: AcceptedResources;
  readonly #snapshot: () => Snapshot | undefined;

  constructor(
    type: ResourceType,
    ledger: NodeLedger,
    accepted: AcceptedResources,
    snapshot: () => Snapshot | undefined,
  ) {
    this.type = type;
    this.ledger = ledger;
    this.#accepted = accepted;
    this.#snapshot = snapshot;
  }

  /** Undefined until the first snapshot. */
  get set(): ResourceSet | undefined {
    return this.#snapshot()?.types[this.type];
  }

  /** Whether every resource may be sent as published. */
  get unrestricted(): boolean {
    return this.ledger.rejections === 0;
  }

  /**
   * What to send under this name: the published resource; if the node refused its bytes, the last ones that somebody in
   * the group accepted, provided that all they refer to is still supplied; else nothing.
   */
  resource(name: string): Resource | undefined {
    const snapshot = this.#snapshot();
    const published = snapshot?.types[this.type].resources.get(name);
    if (snapshot === undefined || published === undefined) return undefined;
    if (!this.ledger.rejected(this.type, published)) return published;
    const accepted = this.#accepted.get(snapshot.group, this.type, name);
    if (accepted === undefined || this.ledger.rejected(this.type, accepted)) return undefined;
    return supplied(accepted, snapshot) ? accepted : undefined;
  }

  /** Names whose published bytes this node refused, and why. */
  parked(): ReadonlyMap<string, RefusalReason> {
    const parked = new Map<string, RefusalReason>();
    for (const name of this.ledger.rejectedNames(this.type)) {
      const published = this.set?.resources.get(name);
      const reason = published && this.ledger.reason(this.type, published);
      if (reason !== undefined) parked.set(name, reason);
    }
    return parked;
  }
}

function supplied(resource: Resource, snapshot: Snapshot): boolean {
  return RESOURCE_TYPES.every((type) =>
    (resource.references[type] ?? []).every((name) => snapshot.types[type].resources.has(name)),
  );
}
