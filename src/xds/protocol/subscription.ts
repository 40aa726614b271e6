import type { ResourceType } from '../../snapshot/snapshot';
import type { Interest } from './interest';
import type { Holding } from './resource-status';
import type { Outgoing, Settled } from './outgoing';

/** One stream's subscription to one type: what the client wants, what it has, and what is on its way. Pure. */
export interface Subscription {
  readonly type: ResourceType;
  readonly interest: Interest;
  /** Nonce of the newest response, empty before the first. */
  readonly lastNonce: string;
  /** Whether a response is unanswered, so that later types must wait. */
  readonly blocking: boolean;
  /** Whether there may be something to send that `next` has not been asked for yet. */
  readonly waiting: boolean;
  readonly sentVersion: string;
  readonly acceptedVersion: string;

  /** Compares everything: on the first snapshot, and when the client asks for everything. */
  reconcile(): void;
  /** These names changed between two snapshots. */
  changed(names: readonly string[]): void;
  /** The client asks for this name now. `has`: it already reported a version of it. */
  subscribe(name: string, has: boolean): void;
  /** The client asks for exactly these, having asked for nothing. False: they must be subscribed to one by one. */
  subscribeAll(names: readonly string[]): boolean;
  unsubscribe(name: string): void;
  /** Sends these again, whatever the client has, if it wants them. */
  resend(names: readonly string[]): readonly string[];
  /** An ACK, or a NACK if `error` is present. Undefined: we await no answer under that nonce. */
  settle(nonce: string, error: string | undefined): readonly Settled[];

  /** The next response to send now, if any. */
  next(nonce: () => string): Outgoing | undefined;
  /** The response that takes away what nothing uses any more; to be asked for when all types have settled. */
  nextRemoval(nonce: () => string): Outgoing | undefined;
  readonly removalPending: boolean;
  /** What the client has under a name; undefined: nothing that we know of. */
  holding(name: string): Holding | undefined;
}
