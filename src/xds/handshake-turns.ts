import type { Socket } from 'node:net';

/** How many handshakes are begun until one of them ends. What may end in one turn of the event loop must not take long together. */
const PLACES = 12;
const TICK_MS = 10;
/**
 * A client that takes longer, in ticks, goes on outside: whoever says nothing keeps a place for no longer. In ticks and not in
 * milliseconds: where one turn of the loop took long, what the client has said meanwhile has not been read yet.
 */
const HOLD_TICKS = 5;

/**
 * Lets clients begin their TLS handshake a few at a time, in the order in which they came. Where a thousand begin together, the
 * answers of hundreds arrive at once, and Node finishes all of those handshakes in one turn of the event loop.
 */
export class HandshakeTurns {
  readonly #begin: (socket: Socket) => void;
  readonly #waiting = new Set<Socket>();
  /** Since which tick, oldest first. */
  readonly #inside = new Map<Socket, number>();
  #timer: NodeJS.Timeout | undefined;
  #admitting = false;
  #ticks = 0;

  constructor(begin: (socket: Socket) => void) {
    this.#begin = begin;
  }

  add(socket: Socket): void {
    this.#waiting.add(socket);
    this.#admitSoon();
  }

  /** Its handshake is done, or it is gone. */
  delete(socket: Socket): void {
    this.#waiting.delete(socket);
    if (this.#inside.delete(socket)) this.#admitSoon();
  }

  /** Not at once: what has just ended must not be followed by the next in the same turn. */
  #admitSoon(): void {
    if (this.#admitting || this.#waiting.size === 0) return;
    this.#admitting = true;
    setImmediate(() => {
      this.#admitting = false;
      this.#admit();
    });
  }

  #admit(): void {
    for (const socket of this.#waiting) {
      if (this.#inside.size >= PLACES) break;
      this.#waiting.delete(socket);
      this.#inside.set(socket, this.#ticks);
      this.#begin(socket);
    }
    if (this.#waiting.size > 0) this.#timer ??= setInterval(() => this.#tick(), TICK_MS).unref();
    else {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
  }

  #tick(): void {
    this.#ticks += 1;
    for (const [socket, since] of this.#inside) {
      if (this.#ticks - since < HOLD_TICKS) break;
      this.#inside.delete(socket);
    }
    this.#admit();
  }
}
