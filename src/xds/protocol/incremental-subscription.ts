import type { Resource, ResourceType } from '../../snapshot/snapshot';
import { ClientVersions } from './client-versions';
import { Interest } from './interest';
import type { Holding } from './resource-status';
import { isolate, type Outgoing, type Settled } from './outgoing';
import { namedIn } from './refusal';
import type { Subscription } from './subscription';
import type { TypeView } from './type-view';

/** Unanswered responses per type: enough to pipeline secrets, few enough to bound what a stuck client holds. */
export const WINDOW = 32;
/** Bytes of resources in one response, unless one resource alone is larger. */
export const RESPONSE_BYTES = 2 * 1024 * 1024;

interface Flight {
  readonly version: string;
  readonly resources: readonly Resource[];
  readonly removed: readonly string[];
}

/**
 * Every type in delta, and EDS, SDS and RDS in SotW: a response carries only what the client lacks. Absence says nothing
 * there; only delta can take something away, and only clusters and listeners are taken away at all, because the others
 * live and die with those that refer to them. Telling Envoy that a secret is gone would kill its listener.
 */
export class IncrementalSubscription implements Subscription {
  readonly type: ResourceType;
  readonly interest = new Interest();
  readonly client = new ClientVersions();
  lastNonce = '';
  sentVersion = '';
  acceptedVersion = '';
  readonly #protocol: 'sotw' | 'delta';
  readonly #view: TypeView;
  /** Names to look at, oldest first; true: answer even if the client has that version. */
  readonly #queue = new Map<string, boolean>();
  /** Parts of refused responses, each to be sent on its own. */
  readonly #groups: (readonly string[])[] = [];
  readonly #grouped = new Set<string>();
  /** Names that the client asked for and that do not exist. */
  readonly #missing = new Set<string>();
  readonly #removals = new Set<string>();
  readonly #inFlight = new Map<string, Flight>();
  #mustAnswer = false;

  constructor(protocol: 'sotw' | 'delta', view: TypeView) {
    this.type = view.type;
    this.#protocol = protocol;
    this.#view = view;
  }

  /** A client that waits for its first configuration is answered even if there is nothing to send. */
  answerAlways(): void {
    this.#mustAnswer = true;
  }

  get blocking(): boolean {
    return this.#inFlight.size > 0 && !this.interest.empty;
  }

  get waiting(): boolean {
    return this.#queue.size > 0 || this.#groups.length > 0 || this.#missing.size > 0 || this.#mustAnswer;
  }

  get removalPending(): boolean {
    return this.#removals.size > 0;
  }

  reconcile(): void {
    const set = this.#view.set;
    if (set === undefined) return;
    const doubtful = this.#view.ledger.doubtful(this.type);
    const names = new Set([...this.#queue.keys(), ...this.interest.names, ...this.client.names(), ...doubtful]);
    if (this.interest.wildcard) for (const name of set.resources.keys()) names.add(name);
    this.changed([...names]);
  }

  changed(names: readonly string[]): void {
    for (const name of names) this.#enqueue(name, this.#queue.get(name) ?? false);
  }

  subscribe(name: string, has: boolean): void {
    this.interest.add(name);
    this.#enqueue(name, !has || this.#view.ledger.owed(this.type, name));
  }

  unsubscribe(name: string): void {
    if (!this.interest.delete(name)) return;
    if (this.interest.wildcard) {
      // The client forgot the resource, although `*` still covers it.
      this.client.forget(name);
      this.#enqueue(name, true);
    } else {
      this.#drop(name);
    }
  }

  unsubscribeWildcard(): void {
    if (!this.interest.wildcard) return;
    this.interest.wildcard = false;
    for (const name of new Set([...this.client.names(), ...this.#queue.keys(), ...this.#removals])) {
      if (!this.interest.includes(name)) this.#drop(name);
    }
  }

  resend(names: readonly string[]): readonly string[] {
    const wanted = names.filter((name) => this.interest.includes(name));
    for (const name of wanted) this.#enqueue(name, true);
    return wanted;
  }

  settle(nonce: string, error: string | undefined): readonly Settled[] {
    if (!this.#inFlight.has(nonce)) return [];
    const settled: Settled[] = [];
    for (const [earlier, flight] of this.#inFlight) {
      this.#inFlight.delete(earlier);
      // Answers come in the order of the responses: a client that answers only the newest has processed all before.
      settled.push(earlier === nonce && error !== undefined ? this.#refuse(flight, error) : this.#accept(flight));
      if (earlier === nonce) break;
    }
    if (this.interest.wildcard && this.#inFlight.size === 0 && this.#queue.size === 0 && this.#view.set !== undefined) {
      this.client.rebase(this.#view.set);
    }
    return settled;
  }

  next(nonce: () => string): Outgoing | undefined {
    if (this.#view.set === undefined || this.#inFlight.size >= WINDOW) return undefined;
    const resources = this.#nextGroup() ?? this.#nextBatch();
    const removed = [...this.#missing];
    // Envoy removes before it adds, so that a new listener can take over the address of an old one.
    if (this.type === 'listeners') for (const name of this.#removals) removed.push(name);
    if (resources.length === 0 && removed.length === 0 && !this.#mustAnswer) return undefined;
    this.#missing.clear();
    if (this.type === 'listeners') this.#removals.clear();
    return this.#send(nonce(), resources, removed);
  }

  nextRemoval(nonce: () => string): Outgoing | undefined {
    if (this.#removals.size === 0) return undefined;
    const removed = [...this.#removals];
    this.#removals.clear();
    return this.#send(nonce(), [], removed);
  }

  holding(name: string): Holding | undefined {
    const version = this.client.get(name);
    return version === undefined ? undefined : { version, acknowledged: this.client.certain(name) };
  }

  #send(nonce: string, resources: readonly Resource[], removed: readonly string[]): Outgoing {
    const version = this.#view.set?.version ?? '';
    for (const resource of resources) {
      this.client.sent(resource.name, resource.version);
      if (resources.length > 1) this.#view.ledger.doubt(this.type, resource.name);
    }
    for (const name of removed) this.client.sent(name, undefined);
    this.#inFlight.set(nonce, { version, resources, removed });
    this.#mustAnswer = false;
    this.lastNonce = nonce;
    this.sentVersion = version;
    return {
      protocol: this.#protocol,
      type: this.type,
      version,
      nonce,
      resources: new Map(resources.map((resource) => [resource.name, resource])),
      removed,
      changed: resources,
    };
  }

  #nextGroup(): Resource[] | undefined {
    for (let group = this.#groups.shift(); group !== undefined; group = this.#groups.shift()) {
      for (const name of group) this.#grouped.delete(name);
      const resources = group.flatMap((name) => {
        const resource = this.interest.includes(name) ? this.#view.resource(name) : undefined;
        return resource === undefined ? [] : [resource];
      });
      if (resources.length > 0) return resources;
    }
    return undefined;
  }

  #nextBatch(): Resource[] {
    const resources: Resource[] = [];
    let bytes = 0;
    for (const [name, forced] of this.#queue) {
      const resource = this.#view.resource(name);
      const due = resource !== undefined && (forced || this.client.get(name) !== resource.version);
      if (due && resources.length > 0 && bytes + resource.any.length > RESPONSE_BYTES) break;
      this.#queue.delete(name);
      if (!due) continue;
      resources.push(resource);
      bytes += resource.any.length;
      // Of several secrets in one response, a single bad one makes Envoy drop good ones too.
      if (this.type === 'secrets') break;
    }
    return resources;
  }

  /** Whether removal is said at all: the other types live and die with those that refer to them. */
  get #removable(): boolean {
    return this.#protocol === 'delta' && (this.type === 'clusters' || this.type === 'listeners');
  }

  #enqueue(name: string, forced: boolean): void {
    if (!this.interest.includes(name)) return;
    const set = this.#view.set;
    const doubtful = this.#view.ledger.doubtful(this.type).has(name);
    if (set === undefined || set.resources.has(name)) {
      this.#removals.delete(name);
      this.#missing.delete(name);
      if (!this.#grouped.has(name)) this.#queue.set(name, forced || doubtful || this.#queue.get(name) === true);
      return;
    }
    this.#queue.delete(name);
    if (this.#protocol === 'sotw' || this.type === 'secrets') return;
    if (this.#removable && (doubtful || this.client.get(name) !== undefined)) this.#removals.add(name);
    else if (forced) this.#missing.add(name);
  }

  #drop(name: string): void {
    this.client.forget(name);
    this.#queue.delete(name);
    this.#missing.delete(name);
    this.#removals.delete(name);
  }

  #accept(flight: Flight): Settled {
    for (const resource of flight.resources) {
      this.client.accepted(resource.name);
      this.#view.ledger.certain(this.type, resource.name);
    }
    for (const name of flight.removed) {
      this.client.accepted(name);
      if (this.client.get(name) === undefined) this.#view.ledger.certain(this.type, name);
    }
    this.acceptedVersion = flight.version;
    return { answer: 'ack', version: flight.version, accepted: flight.resources, rejected: [], suspects: [] };
  }

  #refuse(flight: Flight, error: string): Settled {
    const { rejected, groups } = isolate(flight.resources, namedIn(error, flight.resources));
    for (const resource of flight.resources) {
      this.client.refused(resource.name);
      // An earlier answer may have cleared it.
      if (flight.resources.length > 1) this.#view.ledger.doubt(this.type, resource.name);
    }
    // A refusal is about resources; removals have been done.
    for (const name of flight.removed) this.client.accepted(name);
    for (const group of groups) {
      const names = group.map((resource) => resource.name);
      this.#groups.push(names);
      for (const name of names) {
        this.#grouped.add(name);
        this.#queue.delete(name);
      }
    }
    return { answer: 'nack', version: flight.version, accepted: [], rejected, suspects: groups.flat() };
  }
}
