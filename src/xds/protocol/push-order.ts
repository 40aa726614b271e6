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

/** Types that are asked for by name. Routes refer to clusters, which are pushed first and by wildcard. */
const ASKED_FOR = RESOURCE_TYPES.filter((type) => type !== 'clusters' && type !== 'listeners');
/** Responses whose references are remembered before it is looked whether they need be. */
const MAX_PARENTS = 64;

/**
 * Make before break, over all types of one stream (Envoy, "Eventual consistency considerations"): clusters, endpoints,
 * secrets, listeners, routes, and removals when all have settled.
 */
export class PushOrder {
  readonly #subscriptions: ReadonlyMap<ResourceType, Subscription>;
  /** Accepted parents whose references the client may not have asked for yet: then it still uses the old parents. */
  readonly #parents = new Map<readonly Resource[], ResourceType>();

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
    return (RESENT[out.type] ?? []).flatMap((type): [ResourceType, readonly string[]][] => {
      const subscription = this.#subscriptions.get(type);
      // One that began with nothing asks for all of it by itself.
      if (subscription === undefined && out.first) return [];
      const names = referencesOf(out.changed, type);
      return [[type, subscription === undefined ? names : subscription.resend(names)]];
    });
  }

  /** The client has these now, and will ask for what they refer to. */
  accepted(type: ResourceType, parents: readonly Resource[]): void {
    if (parents.length > 0) this.#parents.set(parents, type);
    if (this.#parents.size > MAX_PARENTS)
      for (const [each, of] of this.#parents) if (this.#asked(of, each)) this.#parents.delete(each);
  }

  /** Whether the client asked for all that its newest clusters and listeners refer to. */
  #arrived(snapshot: Snapshot): boolean {
    for (const [parents, type] of this.#parents) {
      if (!this.#asked(type, parents, snapshot)) return false;
      this.#parents.delete(parents);
    }
    return true;
  }

  #asked(type: ResourceType, parents: readonly Resource[], snapshot?: Snapshot): boolean {
    if (this.#askedBy(parents, snapshot)) return true;
    // Some of them may have gone or been replaced since.
    const held = parents.filter(
      ({ name, version }) => this.#subscriptions.get(type)?.holding(name)?.version === version,
    );
    return held.length < parents.length && this.#askedBy(held, snapshot);
  }

  /** A client that never asks for a type at all is not waited for, nor is it for what is not published. */
  #askedBy(parents: readonly Resource[], snapshot?: Snapshot): boolean {
    return ASKED_FOR.every((type) => {
      const subscription = this.#subscriptions.get(type);
      return (
        subscription === undefined ||
        referencesOf(parents, type).every(
          (name) => subscription.interest.includes(name) || snapshot?.types[type].resources.has(name) === false,
        )
      );
    });
  }
}

const references = new WeakMap<readonly Resource[], Map<ResourceType, readonly string[]>>();

/** What resources refer to; the same lists go to many streams. */
function referencesOf(resources: readonly Resource[], type: ResourceType): readonly string[] {
  let byType = references.get(resources);
  if (byType === undefined) references.set(resources, (byType = new Map()));
  let names = byType.get(type);
  if (names === undefined) {
    names = [...new Set(resources.flatMap((resource) => resource.references[type] ?? []))];
    byType.set(type, names);
  }
  return names;
}
