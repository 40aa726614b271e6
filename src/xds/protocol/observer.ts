import type { Resource, ResourceType } from '../../snapshot/snapshot';
import type { NodeIdentity } from './node';
import type { RefusalReason } from './refusal';

/** One stream, for logs and metrics. */
export interface StreamInfo {
  /** Counts up from 1 within the process. */
  readonly id: number;
  readonly protocol: 'sotw' | 'delta';
  /** Address of the peer. */
  readonly peer: string;
  /** Whom its certificate names; absent without TLS. */
  readonly identity?: string;
  /** Absent until the first request. */
  readonly node?: NodeIdentity;
  readonly group?: string;
}

/** A response that Envoy refused. Holds nothing of Envoy's text, which can quote a private key. */
export interface Nack {
  readonly type: ResourceType;
  readonly version: string;
  readonly reason: RefusalReason;
  /** The refused resources, with the definitions that they came from. */
  readonly rejected: readonly RefusedResource[];
  /** How many more were in the response; they are sent again without the refused ones. */
  readonly suspects: number;
}

export interface RefusedResource {
  readonly name: string;
  readonly version: string;
  readonly origins: Resource['origins'];
}

/** Sees what happens on the streams; every method is called synchronously and must not throw. */
export interface XdsObserver {
  opened?(stream: StreamInfo): void;
  /** `reason` is a word of ours: `client`, `drain`, `slow-consumer`, `invalid-request`, `denied`, `error`. */
  closed?(stream: StreamInfo, reason: string): void;
  /** A call was not let in, whatever it was for, or a connection. `reason` is ours: `draining`, `no-identity`, `too-many-streams`; `handshake`. */
  turnedAway?(peer: string, reason: string): void;
  /** A request of that type, or `unknown`, that changed what the client wants. */
  subscribed?(stream: StreamInfo, type: ResourceType | 'unknown'): void;
  ack?(stream: StreamInfo, ack: { readonly type: ResourceType; readonly version: string }): void;
  nack?(stream: StreamInfo, nack: Nack): void;
  sent?(stream: StreamInfo, sent: Sent): void;
}

export interface Sent {
  readonly type: ResourceType;
  readonly version: string;
  readonly resources: number;
  readonly removed: number;
  /** Bytes of the resources, without the envelope. */
  readonly bytes: number;
}

/** One observer that passes everything on to several. */
export function observers(...all: readonly XdsObserver[]): XdsObserver {
  return {
    opened: (stream) => all.forEach((each) => each.opened?.(stream)),
    turnedAway: (peer, reason) => all.forEach((each) => each.turnedAway?.(peer, reason)),
    closed: (stream, reason) => all.forEach((each) => each.closed?.(stream, reason)),
    subscribed: (stream, type) => all.forEach((each) => each.subscribed?.(stream, type)),
    ack: (stream, ack) => all.forEach((each) => each.ack?.(stream, ack)),
    nack: (stream, nack) => all.forEach((each) => each.nack?.(stream, nack)),
    sent: (stream, sent) => all.forEach((each) => each.sent?.(stream, sent)),
  };
}
