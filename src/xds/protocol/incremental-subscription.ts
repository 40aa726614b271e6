import type { Resource, ResourceSet, ResourceType } from '../../snapshot/snapshot';
import { type Batch, batchOf, batchOfOne, NOTHING, RESPONSE_BYTES } from './batch';
import { ClientVersions } from './client-versions';
import { Division } from './division';
import { Interest } from './interest';
import type { Holding } from './resource-status';
import { isolate, type Outgoing, type Settled } from './outgoing';
import { namedIn } from './refusal';
import { namesOf } from './name-list';
import { Suspects } from './suspects';
import type { Subscription } from './subscription';
import type { TypeView } from './type-view';

/** Unanswered responses per type: enough to pipeline secrets, few enough to bound what a stuck client holds. */
export const WINDOW = 32;

interface Flight {
  readonly version: string;
  readonly batch: Batch;
  readonly removed: readonly string[];
  readonly first: boolean;
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
  readonly #suspects = new Suspects();
  /** Names that the client asked for and that do not exist. */
  readonly #missing = new Set<string>();
  readonly #removals = new Set<string>();
  readonly #inFlight = new Map<string, Flight>();
  /** Sent in its own order, before the queue, for as long as nothing makes this client different from others. */
  #division: Division | undefined;
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
    return this.#dividing || this.#queue.size > 0 || !this.#suspects.none || this.#missing.size > 0 || this.#mustAnswer;
  }

  get removalPending(): boolean {
    return this.#removals.size > 0;
  }

  reconcile(): void {
    const set = this.#view.set;
    if (set === undefined) return;
    if (this.interest.wildcard && this.#divide(set)) return;
    const doubtful = this.#view.ledger.doubts(this.type).names();
    const names = new Set([...this.#queue.keys(), ...this.interest.names(), ...this.client.names(), ...doubtful]);
    if (this.interest.wildcard) for (const name of set.resources.keys()) names.add(name);
    this.changed([...names]);
  }

  changed(names: readonly string[]): void {
    this.#undivide();
    for (const name of names) this.#enqueue(name, this.#queue.get(name) ?? false);
  }

  subscribeAll(names: readonly string[]): boolean {
    const { set } = this.#view;
    if (set === undefined || names.length === 0 || !this.interest.empty) return false;
    const list = namesOf(set);
    if (!list.equals(names) || !this.#divide(set)) return false;
    this.interest.share(list);
    return true;
  }

  subscribe(name: string, has: boolean): void {
    this.#undivide();
    this.interest.add(name);
    this.#enqueue(name, !has || this.#view.ledger.owed(this.type, name));
  }

  unsubscribe(name: string): void {
    if (!this.interest.delete(name)) return;
    this.#undivide();
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
    this.#undivide();
    this.interest.wildcard = false;
    for (const name of new Set([...this.client.names(), ...this.#queue.keys(), ...this.#removals])) {
      if (!this.interest.includes(name)) this.#drop(name);
    }
  }

  resend(names: readonly string[]): readonly string[] {
    const wanted = names.filter((name) => this.interest.includes(name));
    if (wanted.length > 0) this.#undivide();
    for (const name of wanted) this.#enqueue(name, true);
    return wanted;
  }

  settle(nonce: string, error: string | undefined): readonly Settled[] {
    if (!this.#inFlight.has(nonce)) return [];
    const settled: Settled[] = [];
    for (const [earlier, flight] of this.#inFlight) {
      this.#inFlight.delete(earlier);
      // Answers come in the order of the responses: a client that answers only the newest has processed all before.
      const refused = earlier === nonce && error !== undefined;
      settled.push(refused ? this.#refuse(earlier, flight, error) : this.#accept(earlier, flight));
      if (earlier === nonce) break;
    }
    if (this.#inFlight.size === 0 && this.#queue.size === 0 && !this.#dividing) this.#inStep();
    return settled;
  }

  next(nonce: () => string): Outgoing | undefined {
    if (this.#view.set === undefined || this.#inFlight.size >= WINDOW) return undefined;
    const batch = this.#nextSuspects() ?? this.#nextDivided() ?? this.#nextBatch();
    const removed = [...this.#missing];
    // Envoy removes before it adds, so that a new listener can take over the address of an old one.
    if (this.type === 'listeners') for (const name of this.#removals) removed.push(name);
    if (batch.list.length === 0 && removed.length === 0 && !this.#mustAnswer) return undefined;
    this.#missing.clear();
    if (this.type === 'listeners') this.#removals.clear();
    return this.#send(nonce(), batch, removed);
  }

  nextRemoval(nonce: () => string): Outgoing | undefined {
    if (this.#removals.size === 0) return undefined;
    const removed = [...this.#removals];
    this.#removals.clear();
    return this.#send(nonce(), NOTHING, removed);
  }

  holding(name: string): Holding | undefined {
    const version = this.client.get(name);
    return version === undefined ? undefined : { version, acknowledged: this.client.certain(name) };
  }

  #send(nonce: string, batch: Batch, removed: readonly string[]): Outgoing {
    const version = this.#view.set?.version ?? '';
    const first = this.#division !== undefined && batch.list.length > 1;
    if (first) this.client.sentBatch(batch);
    else for (const resource of batch.list) this.client.sent(resource.name, resource.version);
    this.#view.ledger.doubts(this.type).add(batch);
    for (const name of removed) this.client.sent(name, undefined);
    this.#inFlight.set(nonce, { version, batch, removed, first });
    this.#mustAnswer = false;
    this.lastNonce = nonce;
    this.sentVersion = version;
    const fresh = this.#division !== undefined;
    return {
      protocol: this.#protocol,
      type: this.type,
      version,
      nonce,
      batch,
      removed,
      changed: batch.list,
      first: fresh,
    };
  }

  /** Takes a client that has nothing as one of many to be sent the same. */
  #divide(set: ResourceSet): boolean {
    const { ledger } = this.#view;
    const alike =
      this.client.empty &&
      this.#view.unrestricted &&
      ledger.doubts(this.type).none &&
      !this.waiting &&
      this.#inFlight.size === 0;
    if (!alike || this.#removals.size > 0 || this.#division !== undefined) return false;
    // Of several secrets in one response, a single bad one makes Envoy drop good ones too.
    this.#division = new Division(set, this.type === 'secrets');
    return true;
  }

  get #dividing(): boolean {
    return this.#division?.ended === false;
  }

  /** What was not sent yet is sent name by name: this client is no longer like others. */
  #undivide(): void {
    const division = this.#division;
    this.#division = undefined;
    for (const name of division?.rest() ?? []) this.#enqueue(name, !this.interest.wildcard);
  }

  #nextDivided(): Batch | undefined {
    // Another stream of the node may have met a refusal meanwhile.
    if (!this.#view.unrestricted) this.#undivide();
    return this.#division?.next();
  }

  #inStep(): void {
    const { set } = this.#view;
    if (set === undefined) return;
    const division = this.#division;
    this.#division = undefined;
    if (division?.set === set) this.client.completed(set);
    this.client.rebase(set);
  }

  #nextSuspects(): Batch | undefined {
    for (let part = this.#suspects.take(); part !== undefined; part = this.#suspects.take()) {
      const resources = part.flatMap((name) => {
        const resource = this.interest.includes(name) ? this.#view.resource(name) : undefined;
        return resource === undefined ? [] : [resource];
      });
      if (resources.length > 0) return batchOf(resources);
    }
    return undefined;
  }

  #nextBatch(): Batch {
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
    const [only] = resources;
    if (only === undefined) return NOTHING;
    return resources.length === 1 ? batchOfOne(only) : batchOf(resources);
  }

  /** Whether removal is said at all: the other types live and die with those that refer to them. */
  get #removable(): boolean {
    return this.#protocol === 'delta' && (this.type === 'clusters' || this.type === 'listeners');
  }

  #enqueue(name: string, forced: boolean): void {
    if (!this.interest.includes(name)) return;
    const set = this.#view.set;
    const doubtful = this.#view.ledger.doubts(this.type).has(name);
    if (set === undefined || set.resources.has(name)) {
      this.#removals.delete(name);
      this.#missing.delete(name);
      if (!this.#suspects.has(name)) this.#queue.set(name, forced || doubtful || this.#queue.get(name) === true);
      return;
    }
    this.#queue.delete(name);
    if (this.#protocol === 'sotw' || this.type === 'secrets') return;
    if (this.#removable && (doubtful || this.client.get(name) !== undefined)) this.#removals.add(name);
    else if (forced) this.#missing.add(name);
  }

  /** Once more, since it may not have happened. */
  #remove(name: string): void {
    this.#view.ledger.doubts(this.type).addName(name);
    this.#enqueue(name, false);
  }

  #drop(name: string): void {
    this.client.forget(name);
    this.#queue.delete(name);
    this.#missing.delete(name);
    this.#removals.delete(name);
  }

  #accept(nonce: string, { batch, removed, version, first }: Flight): Settled {
    const doubts = this.#view.ledger.doubts(this.type);
    if (first) this.client.acceptedBatch(batch);
    else for (const { name } of batch.list) this.client.accepted(name);
    doubts.settle(batch);
    for (const name of removed) {
      this.client.accepted(name);
      if (this.client.get(name) === undefined) doubts.settleName(name);
    }
    this.acceptedVersion = version;
    return { answer: 'ack', nonce, version, accepted: batch.list, rejected: [], suspects: [] };
  }

  #refuse(nonce: string, { batch, removed, version, first }: Flight, error: string): Settled {
    const { rejected, groups } = isolate(batch.list, namedIn(error, batch.list));
    if (first) this.client.refusedBatch(batch);
    else for (const { name } of batch.list) this.client.refused(name);
    // An earlier answer may have cleared it.
    this.#view.ledger.doubts(this.type).add(batch);
    this.#undivide();
    for (const name of removed) {
      this.client.accepted(name);
      // Envoy removes before it adds, but removes nothing where it can't read all that is to be added.
      if (batch.list.length > 0 && this.#removable) this.#remove(name);
    }
    for (const group of groups) {
      const names = group.map((resource) => resource.name);
      this.#suspects.add(names);
      for (const name of names) this.#queue.delete(name);
    }
    return { answer: 'nack', nonce, version, accepted: [], rejected, suspects: groups.flat() };
  }
}
