import { changedNames } from '../../snapshot/resource-set';
import { type Resource, type ResourceType, RESOURCE_TYPES, TYPE_URLS } from '../../snapshot/snapshot';
import type { AcceptedResources } from './accepted-resources';
import { batchOfOne } from './batch';
import { CompleteSubscription } from './complete-subscription';
import { checkEntitled } from './entitlement';
import { fetched } from './fetch';
import { IncrementalSubscription } from './incremental-subscription';
import { type Authority, InvalidRequestError, Membership, type SnapshotReader } from './membership';
import type { NodeIdentity } from './node';
import type { StreamInfo, XdsObserver } from './observer';
import type { Outgoing } from './outgoing';
import { PushOrder } from './push-order';
import { classifyRefusal, type RefusalReason } from './refusal';
import type { NodeLedger, NodeLedgers } from './rejections';
import type { DeltaRequest, Request, SotwRequest } from './request';
import { type ResourceStatus, resourceStatus } from './resource-status';
import type { StreamStatus, TypeStatus } from './status';
import { subscribeDelta, subscribeSotw, type Unsubscribed, unsubscribeSotw } from './subscribe';
import type { Subscription } from './subscription';
import { TypeView } from './type-view';

export interface SessionOptions {
  readonly id: number;
  readonly protocol: 'sotw' | 'delta';
  /** The one type of a service of its own; absent on the aggregated stream. */
  readonly type?: ResourceType;
  readonly peer: string;
  /** Whom the peer's certificate names, for logs; absent without TLS. */
  readonly identity?: string;
  readonly authority: Authority;
  readonly snapshots: SnapshotReader;
  readonly ledgers: NodeLedgers;
  readonly accepted: AcceptedResources;
  readonly observer: XdsObserver;
}

const TYPE_BY_URL: ReadonlyMap<string, ResourceType> = new Map(RESOURCE_TYPES.map((type) => [TYPE_URLS[type], type]));

/**
 * One ADS stream as a state machine without I/O or clock: requests and snapshots go in, and `next` hands out responses
 * one by one until nothing more may be sent. Follows Envoy's "xDS REST and gRPC protocol".
 */
export class Session {
  readonly #options: SessionOptions;
  readonly #subscriptions = new Map<ResourceType, Subscription>();
  readonly #views = new Map<ResourceType, TypeView>();
  readonly #order = new PushOrder(this.#subscriptions);
  readonly #nacks = new Map<ResourceType, TypeStatus['lastNack']>();
  readonly #membership: Membership;
  #ledger: NodeLedger | undefined;
  #responses = 0;
  /** How many of them were of another group, to which the node belonged before. */
  #foreign = 0;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#membership = new Membership(options.snapshots, options.authority);
  }

  get info(): StreamInfo {
    const { id, protocol, peer, identity } = this.#options;
    const { node, group } = this.#membership;
    return {
      id,
      protocol,
      peer,
      ...(identity !== undefined && { identity }),
      ...(node && { node }),
      ...(group !== undefined && { group }),
    };
  }

  /**
   * Takes one request.
   *
   * @param now Only for the status page.
   * @throws InvalidRequestError without a node on the first request, or with another one later.
   * @throws DeniedError if the peer may not be that node, or not be served its group.
   */
  receive(request: Request, now: Date): void {
    const ledger = this.#identify(request.node);
    const type = this.#typeOf(request.typeUrl);
    if (type === undefined) {
      this.#options.observer.subscribed?.(this.info, 'unknown');
      return;
    }
    const existing = this.#subscriptions.get(type);
    if (existing !== undefined) this.#settle(existing, ledger, request, now);
    if (request.protocol === 'sotw') this.#receiveSotw(type, ledger, request, existing);
    else this.#receiveDelta(type, ledger, request, existing);
  }

  /**
   * Looks for a newer snapshot of the node's group, or for a group that has come into being.
   *
   * @throws DeniedError as `receive`.
   */
  refresh(): void {
    const { moves } = this.#membership;
    const publication = this.#membership.refresh();
    if (this.#membership.moves !== moves) this.#foreign = this.#responses;
    if (publication === undefined) return;
    const { previous, next } = publication;
    for (const [type, subscription] of this.#subscriptions) {
      if (previous === undefined) subscription.reconcile();
      else {
        const names = changedNames(previous.types[type], next.types[type]);
        if (names.length > 0) subscription.changed(names);
      }
    }
  }

  /**
   * Answers a Fetch, which leaves nothing behind. Undefined: there is nothing to tell yet.
   *
   * @throws InvalidRequestError, DeniedError as `receive`.
   */
  fetch(request: SotwRequest): Outgoing | undefined {
    const ledger = this.#identify(request.node);
    const type = this.#typeOf(request.typeUrl);
    if (type === undefined) throw new InvalidRequestError('this service has no resources of that type');
    const out = fetched(type, request.names, this.#view(type, ledger));
    if (out !== undefined) this.#check(out);
    return out;
  }

  /** The next response to write, or undefined: nothing to say until the next request or snapshot. */
  next(): Outgoing | undefined {
    const out = this.#order.next(this.#membership.snapshot, () => String((this.#responses += 1)));
    if (out === undefined) return undefined;
    this.#check(out);
    for (const [type, names] of this.#order.sent(out)) for (const name of names) this.#ledger?.owe(type, name);
    this.#options.observer.sent?.(this.info, {
      type: out.type,
      version: out.version,
      resources: out.batch.list.length,
      removed: out.removed.length,
      bytes: out.batch.bytes,
    });
    return out;
  }

  /** Whether nothing is on its way, or waits to be sent. */
  get settled(): boolean {
    return this.#membership.current && [...this.#subscriptions.values()].every(isSettled);
  }

  status(): StreamStatus {
    const types: Partial<Record<ResourceType, TypeStatus>> = {};
    for (const [type, subscription] of this.#subscriptions) {
      const parked = this.#parked(type);
      const nack = this.#nacks.get(type);
      // What is healed is no news any more.
      const lastNack = nack?.rejected.some(({ name }) => parked.has(name)) === true ? nack : undefined;
      types[type] = {
        sentVersion: subscription.sentVersion,
        acceptedVersion: subscription.acceptedVersion,
        subscribed: subscription.interest.wildcard ? '*' : subscription.interest.size,
        settled: this.#membership.current && isSettled(subscription),
        parked: [...parked.keys()],
        reasons: Object.fromEntries(parked),
        ...(lastNack && { lastNack }),
      };
    }
    return { protocol: this.#options.protocol, types };
  }

  /** All that the client asked for and that is published to it, resource by resource; with `only`, of one type. */
  *resources(only?: ResourceType): Iterable<ResourceStatus> {
    for (const [type, subscription] of this.#subscriptions) {
      if (only !== undefined && type !== only) continue;
      const parked = this.#parked(type);
      for (const [name, resource] of this.#membership.snapshot?.types[type].resources ?? [])
        if (subscription.interest.includes(name))
          yield resourceStatus(type, resource, subscription.holding(name), parked.get(name));
    }
  }

  /** When a type was refused last. */
  refusedAt(type: ResourceType): Date | undefined {
    return this.#nacks.get(type)?.at;
  }

  #parked(type: ResourceType): ReadonlyMap<string, RefusalReason> {
    return this.#views.get(type)?.parked() ?? new Map<string, RefusalReason>();
  }

  #identify(node: NodeIdentity | undefined): NodeLedger {
    const { id } = this.#membership.identify(node);
    // Not before the node is known to be one that the peer may be.
    return (this.#ledger ??= this.#options.ledgers.of(id));
  }

  #check(out: Outgoing): void {
    const { snapshot } = this.#membership;
    if (snapshot !== undefined) checkEntitled(out, snapshot);
  }

  /** A service of one type need not be told which. */
  #typeOf(typeUrl: string): ResourceType | undefined {
    const only = this.#options.type;
    if (only === undefined) return TYPE_BY_URL.get(typeUrl);
    return typeUrl === '' || typeUrl === TYPE_URLS[only] ? only : undefined;
  }

  #view(type: ResourceType, ledger: NodeLedger): TypeView {
    const view = new TypeView(type, ledger, this.#options.accepted, () => this.#membership.snapshot);
    this.#views.set(type, view);
    return view;
  }

  #receiveSotw(type: ResourceType, ledger: NodeLedger, request: SotwRequest, existing: Subscription | undefined): void {
    // A request that has not seen the newest response repeats its names when it has.
    if (existing !== undefined && request.nonce !== existing.lastNonce) {
      this.#subscribed(type, ledger, unsubscribeSotw(existing, request));
      return;
    }
    if (existing === undefined && request.version === '') ledger.forgiveMissingFiles(type);
    const subscription = existing ?? this.#newSotw(type, ledger);
    this.#subscribed(type, ledger, subscribeSotw(subscription, request, existing === undefined));
    if (existing === undefined && subscription instanceof CompleteSubscription) subscription.resume(request.version);
  }

  #newSotw(type: ResourceType, ledger: NodeLedger): Subscription {
    const view = this.#view(type, ledger);
    const complete = type === 'clusters' || type === 'listeners';
    const subscription = complete ? new CompleteSubscription(view) : new IncrementalSubscription('sotw', view);
    this.#subscriptions.set(type, subscription);
    return subscription;
  }

  #receiveDelta(
    type: ResourceType,
    ledger: NodeLedger,
    request: DeltaRequest,
    existing: Subscription | undefined,
  ): void {
    if (existing instanceof IncrementalSubscription) {
      this.#subscribed(type, ledger, subscribeDelta(existing, request, false));
      return;
    }
    if (request.initialVersions.size === 0) ledger.forgiveMissingFiles(type);
    const subscription = new IncrementalSubscription('delta', this.#view(type, ledger));
    this.#subscriptions.set(type, subscription);
    // It starts from what the client already has, which is what it once accepted.
    for (const [name, version] of request.initialVersions) {
      subscription.client.reported(name, version);
      const published = this.#membership.snapshot?.types[type].resources.get(name);
      if (published?.version === version) this.#accept(type, batchOfOne(published).list);
    }
    this.#subscribed(type, ledger, subscribeDelta(subscription, request, true));
  }

  #subscribed(type: ResourceType, ledger: NodeLedger, gone: Unsubscribed): void {
    if (gone === undefined) return;
    ledger.paid(type, gone);
    this.#options.observer.subscribed?.(this.info, type);
  }

  #settle(subscription: Subscription, ledger: NodeLedger, request: Request, now: Date): void {
    const { type } = subscription;
    const { observer } = this.#options;
    for (const settled of subscription.settle(request.nonce, request.error)) {
      const { answer, nonce, version, accepted, rejected, suspects } = settled;
      if (Number(nonce) > this.#foreign) this.#accept(type, accepted);
      this.#order.accepted(type, accepted);
      const reason = classifyRefusal(request.error ?? '');
      for (const resource of rejected) ledger.reject(type, resource, reason);
      ledger.paid(type, namesIn(accepted));
      ledger.paid(type, namesIn(rejected));
      this.#restore(subscription, rejected);
      if (answer === 'ack') {
        observer.ack?.(this.info, { type, version });
        continue;
      }
      const refused = rejected.map(({ name, version, origins }) => ({ name, version, origins }));
      this.#nacks.set(type, { at: now, reason, rejected: refused });
      observer.nack?.(this.info, { type, version, reason, rejected: refused, suspects: suspects.length });
    }
  }

  /** In place of refused bytes the client may get the last good ones. */
  #restore(subscription: Subscription, rejected: readonly Resource[]): void {
    const names = rejected.map(({ name }) => name);
    // Envoy keeps a Secret that it refused, beside the one that it still serves: the next listener or cluster that refers to
    // it would be refused too. The good bytes must be sent again although Envoy had them.
    if (subscription.type === 'secrets') subscription.resend(names);
    else if (names.length > 0) subscription.changed(names);
  }

  #accept(type: ResourceType, resources: readonly Resource[]): void {
    const { group } = this.#membership;
    if (group !== undefined) this.#options.accepted.accept(group, type, resources);
  }
}

function isSettled({ blocking, waiting, removalPending }: Subscription): boolean {
  return !blocking && !waiting && !removalPending;
}

function* namesIn(resources: readonly Resource[]): Iterable<string> {
  for (const { name } of resources) yield name;
}
