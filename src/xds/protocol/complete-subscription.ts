import { byName, setVersion } from '../../snapshot/resource-set';
import type { Resource, ResourceType } from '../../snapshot/snapshot';
import { batchOfList, wholeBatch } from './batch';
import { Interest } from './interest';
import type { Holding } from './resource-status';
import { isolate, type Outgoing, type Settled } from './outgoing';
import { namedIn } from './refusal';
import type { Subscription } from './subscription';
import type { TypeView } from './type-view';

type Resources = ReadonlyMap<string, Resource>;

interface Flight {
  readonly nonce: string;
  readonly version: string;
  readonly resources: Resources;
  readonly changed: readonly Resource[];
}

/**
 * CDS and LDS in SotW: every response carries everything, and what it leaves out is deleted. So one response at a time, a
 * refused resource is replaced by what the client has, and clusters that are to go stay in until nothing can use them.
 */
export class CompleteSubscription implements Subscription {
  readonly type: ResourceType;
  readonly interest = new Interest();
  lastNonce = '';
  sentVersion = '';
  acceptedVersion = '';
  readonly #view: TypeView;
  /** What the client acknowledged last; undefined before that. */
  #held: Resources | undefined;
  #flight: Flight | undefined;
  #dirty = true;
  #mustAnswer = false;
  #retaining = false;
  /** Version that the client reported on the first request, until it is compared. */
  #resume: string | undefined;
  /** Version of the newest refused response: its like is not sent again, whatever the client refused it for. */
  #refused: string | undefined;
  /** Parts of a refused response of which each is tried in turn, the others being left as the client has them. */
  readonly #groups: (readonly string[])[] = [];

  constructor(view: TypeView) {
    this.type = view.type;
    this.#view = view;
  }

  get blocking(): boolean {
    return this.#flight !== undefined && !this.interest.empty;
  }

  get waiting(): boolean {
    return this.#dirty || this.#mustAnswer;
  }

  get removalPending(): boolean {
    return this.#retaining;
  }

  /** The client reconnects with this version: if it still is the newest, it is sent nothing. */
  resume(version: string): void {
    if (this.interest.wildcard && version !== '') this.#resume = version;
    else this.#mustAnswer = true;
  }

  answerAlways(): void {
    this.#dirty = true;
    this.#mustAnswer = true;
  }

  reconcile(): void {
    this.#dirty = true;
  }

  changed(names: readonly string[]): void {
    if (names.some((name) => this.interest.includes(name) || this.#held?.has(name))) this.#dirty = true;
  }

  subscribe(name: string): void {
    if (this.interest.add(name)) this.answerAlways();
  }

  /** A full answer is the same for everybody in any case. */
  subscribeAll(): boolean {
    return false;
  }

  unsubscribe(name: string): void {
    if (this.interest.delete(name)) this.#dirty = true;
  }

  resend(): readonly string[] {
    return [];
  }

  settle(nonce: string, error: string | undefined): readonly Settled[] {
    const flight = this.#flight;
    if (flight?.nonce !== nonce) return [];
    this.#flight = undefined;
    if (error === undefined) return [this.#accept(flight)];

    this.#refused = flight.version;
    const { rejected, groups } = isolate(flight.changed, namedIn(error, flight.changed));
    this.#groups.unshift(...groups.map((group) => group.map((resource) => resource.name)));
    this.#dirty = true;
    return [{ answer: 'nack', nonce, version: flight.version, accepted: [], rejected, suspects: groups.flat() }];
  }

  next(nonce: () => string): Outgoing | undefined {
    if (this.#view.set === undefined || this.#flight !== undefined) return undefined;
    while (this.#dirty || this.#mustAnswer) {
      this.#groups.shift();
      this.#dirty = this.#groups.length > 0;
      const out = this.#send(nonce, this.#target(this.type === 'clusters'));
      if (out !== undefined) return out;
    }
    return undefined;
  }

  nextRemoval(nonce: () => string): Outgoing | undefined {
    if (!this.#retaining || this.#flight !== undefined || this.#dirty) return undefined;
    return this.#send(nonce, this.#target(false));
  }

  holding(name: string): Holding | undefined {
    const resource = (this.#flight?.resources ?? this.#held)?.get(name);
    return resource && { version: resource.version, acknowledged: this.#flight === undefined };
  }

  #send(nonce: () => string, resources: Resources): Outgoing | undefined {
    const set = this.#view.set;
    const version = resources === set?.resources ? set.version : setVersion(resources.values());
    const { ledger } = this.#view;
    const doubts = ledger.doubts(this.type);
    const certain = doubts.none;
    if (this.#resume === version && certain) {
      this.#held = resources;
      this.sentVersion = version;
      this.acceptedVersion = version;
    }
    const resuming = this.#resume !== undefined;
    this.#resume = undefined;
    const held = this.#held;
    const changed = changedSince(held, resources);
    const same = held !== undefined && changed.length === 0 && held.size === resources.size && certain;
    if (!this.#mustAnswer && (same || version === this.#refused)) return undefined;
    this.#mustAnswer = false;
    // The good part of a refused response may be in use: what is as it was before that changes back.
    const uncertain = certain ? undefined : new Set(doubts.names());
    const again =
      uncertain && [...resources.values()].filter((each) => changed.includes(each) || uncertain.has(each.name));
    doubts.add(batchOfList(changed));
    const flight: Flight = { nonce: nonce(), version, resources, changed };
    this.#flight = flight;
    this.lastNonce = flight.nonce;
    this.sentVersion = version;
    const first = certain && held === undefined && !resuming;
    return {
      protocol: 'sotw',
      type: this.type,
      version,
      nonce: flight.nonce,
      batch: wholeBatch(resources),
      removed: [],
      changed: again ?? changed,
      first,
    };
  }

  #accept(flight: Flight): Settled {
    this.#held = flight.resources;
    this.#view.ledger.doubts(this.type).clear();
    this.#refused = undefined;
    this.acceptedVersion = flight.version;
    return {
      answer: 'ack',
      nonce: flight.nonce,
      version: flight.version,
      accepted: flight.changed,
      rejected: [],
      suspects: [],
    };
  }

  /** Everything that the client is to have now. The set's own map if that is it, so that its encoding is shared. */
  #target(retain: boolean): Resources {
    const set = this.#view.set;
    if (set === undefined) return new Map();
    const retained = [...(this.#held ?? [])].filter(
      ([name]) => !set.resources.has(name) && this.interest.includes(name),
    );
    this.#retaining = retain && retained.length > 0;
    const suspects = new Set(this.#groups.flat());
    if (this.interest.wildcard && this.#view.unrestricted && suspects.size === 0 && !this.#retaining) {
      return set.resources;
    }
    const resources: Resource[] = this.#retaining ? retained.map(([, resource]) => resource) : [];
    for (const name of set.resources.keys()) {
      if (!this.interest.includes(name)) continue;
      const resource = suspects.has(name)
        ? this.#held?.get(name)
        : (this.#view.resource(name) ?? this.#held?.get(name));
      if (resource !== undefined) resources.push(resource);
    }
    return new Map(resources.sort(byName).map((resource) => [resource.name, resource]));
  }
}

const changes = new WeakMap<Resources, WeakMap<Resources, readonly Resource[]>>();

/** What is new or other than what a client has; asked for by each stream alike, so answered once. */
function changedSince(held: Resources | undefined, resources: Resources): readonly Resource[] {
  if (held === undefined) return wholeBatch(resources).list;
  let answers = changes.get(held);
  if (answers === undefined) changes.set(held, (answers = new WeakMap()));
  let changed = answers.get(resources);
  if (changed === undefined) {
    changed = [...resources.values()].filter(({ name, version }) => held.get(name)?.version !== version);
    answers.set(resources, changed);
  }
  return changed;
}
