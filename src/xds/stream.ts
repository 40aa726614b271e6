import { type ServerDuplexStream, status } from '@grpc/grpc-js';
import { MessageStream, retireConnection } from './message-stream';
import { responseParts } from './response';
import type { Slices } from './slices';
import type { Entrant, Turnstile } from './turnstile';
import type { Unanswered } from './unanswered';
import { failureOf } from './failure';
import type { StreamInfo, XdsObserver } from './protocol/observer';
import type { Outgoing } from './protocol/outgoing';
import type { Request } from './protocol/request';
import type { Session } from './protocol/session';
import type { StreamStatus } from './protocol/status';

export type AdsCall<Message> = ServerDuplexStream<Message, Outgoing>;

/** How long a client may leave responses unread before its stream is closed. */
const SLOW_CONSUMER_MS = 30_000;

export interface StreamOptions<Message> {
  readonly session: Session;
  /** `control_plane.identifier`. */
  readonly identifier: string;
  readonly call: AdsCall<Message>;
  readonly read: (message: Message) => Request;
  readonly observer: XdsObserver;
  readonly now: () => Date;
  readonly onClose: (stream: AdsStream) => void;
  /** Calls `pump` of those that are added, in good time. */
  readonly pumping: Slices<AdsStream>;
  readonly unanswered: Unanswered<AdsStream>;
  readonly turnstile: Turnstile;
}

/** One gRPC call around one Session: moves requests in and responses out, as fast as the client reads them. */
export class AdsStream implements Entrant {
  readonly #session: Session;
  readonly #observer: XdsObserver;
  readonly #onClose: (stream: AdsStream) => void;
  readonly #pumping: Slices<AdsStream>;
  readonly #unanswered: Unanswered<AdsStream>;
  readonly #turnstile: Turnstile;
  readonly #call: AdsCall<unknown>;
  readonly #messages: MessageStream;
  readonly #identifier: string;
  readonly #finish: (code: status, details: string) => void;
  #slow: NodeJS.Timeout | undefined;
  #open = true;
  #entered = false;
  #requests = 0;

  constructor(options: StreamOptions<unknown>) {
    const { session, call } = options;
    this.#session = session;
    this.#observer = options.observer;
    this.#onClose = options.onClose;
    this.#pumping = options.pumping;
    this.#unanswered = options.unanswered;
    this.#turnstile = options.turnstile;
    this.#call = call;
    this.#messages = new MessageStream(call);
    this.#identifier = options.identifier;
    this.#finish = (code, details) => {
      if (code === status.OK) call.end();
      else call.emit('error', { code, details });
    };
    call.on('data', (message) => this.#receive(() => options.read(message), options.now()));
    call.on('end', () => this.close('client', status.OK, ''));
    call.on('cancelled', () => this.#closed('client'));
    call.on('error', () => this.#closed('error'));
    this.#messages.onDrain(() => {
      clearTimeout(this.#slow);
      this.#slow = undefined;
      this.#pumping.add(this);
    });
    this.#observer.opened?.(session.info);
  }

  get info(): StreamInfo {
    return this.#session.info;
  }

  get settled(): boolean {
    return this.#slow === undefined && this.#session.settled;
  }

  get requests(): number {
    return this.#requests;
  }

  enter(): void {
    this.#entered = true;
    this.#pumping.add(this);
  }

  get session(): Session {
    return this.#session;
  }

  status(): StreamStatus {
    return this.#session.status();
  }

  /** Takes notice of new snapshots. */
  refresh(): void {
    if (!this.#open) return;
    this.#guard(() => this.#session.refresh());
    if (this.#entered) this.#pumping.add(this);
  }

  /** Writes what may be written. Stops where the client does not keep up; only the newest state waits there. */
  pump(): void {
    this.#guard(() => {
      while (this.#open && this.#slow === undefined) {
        const out = this.#session.next();
        if (out === undefined) return;
        const room = this.#messages.write(responseParts(out, this.#identifier));
        this.#unanswered.sent(this);
        if (!room) this.#slow = setTimeout(() => this.#stuck(), SLOW_CONSUMER_MS).unref();
      }
    });
  }

  close(reason: string, code: status, details: string): void {
    if (!this.#open) return;
    this.#closed(reason);
    this.#finish(code, details);
  }

  #receive(read: () => Request, now: Date): void {
    if (!this.#open) return;
    this.#requests += 1;
    this.#unanswered.answered(this);
    this.#guard(() => this.#session.receive(read(), now));
    if (!this.#entered) {
      if (this.#requests === 1 && this.#open) this.#turnstile.arrive(this);
      return;
    }
    // A client that reconnects asks for all its types at once: what to send first can be told only when all were read.
    this.#pumping.add(this);
  }

  #stuck(): void {
    this.close('slow-consumer', status.RESOURCE_EXHAUSTED, 'responses were left unread');
    // The status would wait behind the unread responses.
    this.#messages.abort();
  }

  #guard(run: () => void): void {
    try {
      run();
    } catch (error) {
      const { reason, code, details } = failureOf(error);
      this.close(reason, code, details);
      if (reason === 'denied') retireConnection(this.#call);
    }
  }

  #closed(reason: string): void {
    if (!this.#open) return;
    this.#open = false;
    this.#turnstile.leave(this);
    clearTimeout(this.#slow);
    this.#observer.closed?.(this.#session.info, reason);
    this.#onClose(this);
  }
}
