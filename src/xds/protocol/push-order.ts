import { type Resource, RESOURCE_TYPES, type ResourceType, type Snapshot } from '../../snapshot/snapshot';
import type { Outgoing } from './outgoing';
import type { Subscription } from './subscription';

/** Which references Envoy must be told again when a resource changes, since it does not ask again by itself. */
const RESENT: Readonly<Partial<Record<ResourceType, readonly ResourceType[]>>> = {
  // A changed cluster warms until its endpoints arrive anew, and a changed parent until its secrets do.
  clusters: ['endpoints', 'secrets'],
  listeners: ['secrets'],
};

/**
 * Types that wait for the answers to all types before them. Endpoints and secrets do not: Envoy holds its answer to a
 * changed cluster back until the cluster is warm, which takes its endpoints and secrets, so that waiting would stall both.
 * That same answer tells listeners and routes that the cluster can be used.
 */
const WAITING: ReadonlySet<ResourceType> = new Set(['listeners', 'routes']);

/**
 * Make before break, over all types of one stream (Envoy, "Eventual consistency considerations"): clusters, endpoints,
 * secrets, listeners, routes, and removals when all have settled.
 */
export class PushOrder {
  readonly #subscriptions: ReadonlyMap<ResourceType, Subscription>;
  /** References of accepted parents that the client has not asked for yet: it still uses the old parents. */
  readonly #expected = new Map<ResourceType, Set<string>>();

  constructor(subscriptions: ReadonlyMap<ResourceType, Subscription>) {
    this.#subscriptions = subscriptions;
  }

  next(snapshot: Snapshot | undefined, nonce: () => string): Outgoing | undefined {
    if (snapshot === undefined) return undefined;
    let blocked = false;
    for (const type of RESOURCE_TYPES) {
      if (blocked && WAITING.has(type)) return undefined;
      const subscription = this.#subscriptions.get(type);
      if (subscription === undefined) continue;
      const out = subscription.next(nonce);
      if (out !== undefined) return out;
      blocked ||= subscription.blocking;
    }
    if (blocked) return undefined;
    const pending = RESOURCE_TYPES.filter((type) => this.#subscriptions.get(type)?.removalPending);
    if (pending.length === 0 || !this.#arrived(snapshot)) return undefined;
    for (const type of pending) {
      const out = this.#subscriptions.get(type)?.nextRemoval(nonce);
      if (out !== undefined) return out;
    }
    return undefined;
  }

  /**
   * Queues what must follow a response. Returns the names that the client must get by type, be they queued or, on a stream
   * that has only just begun, still to be asked for: a client that reconnects would seem to have them already.
   */
  sent(out: Outgoing): readonly (readonly [ResourceType, readonly string[]])[] {
    return (RESENT[out.type] ?? []).map((type) => {
      const names = [...new Set(out.changed.flatMap((resource) => resource.references[type] ?? []))];
      const subscription = this.#subscriptions.get(type);
      return [type, subscription === undefined ? names : subscription.resend(names)] as const;
    });
  }

  /** The client has these now, and will ask for what they refer to. */
  accepted(parents: readonly Resource[]): void {
    for (const parent of parents) {
      for (const type of RESOURCE_TYPES) {
        // Routes refer to clusters, which are pushed first and by wildcard.
        if (type === 'clusters' || type === 'listeners') continue;
        for (const name of parent.references[type] ?? []) {
          const names = this.#expected.get(type) ?? new Set<string>();
          this.#expected.set(type, names.add(name));
        }
      }
    }
  }

  /** Whether the client asked for all that its newest clusters and listeners refer to. */
  #arrived(snapshot: Snapshot): boolean {
    let arrived = true;
    for (const [type, names] of this.#expected) {
      const subscription = this.#subscriptions.get(type);
      for (const name of names) {
        // A client that never asks for this type at all is not waited for.
        const waiting =
          subscription !== undefined &&
          snapshot.types[type].resources.has(name) &&
          !subscription.interest.includes(name);
        if (waiting) arrived = false;
        else names.delete(name);
      }
    }
    return arrived;
  }
}
