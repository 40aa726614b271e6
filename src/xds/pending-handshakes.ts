import type { Socket } from 'node:net';

/** How many clients may be in the middle of a TLS handshake; a handshake takes milliseconds. */
const MAX_PENDING = 512;

/**
 * The connections whose TLS handshake has not finished. One too many pushes out the oldest: clients that open connections and
 * say nothing push out one another, while those that go on are through before it is their turn.
 */
export class PendingHandshakes {
  /** By remote address and port, oldest first. */
  readonly #sockets = new Map<string, Socket>();

  begin(socket: Socket): void {
    const key = keyOf(socket);
    this.#sockets.set(key, socket);
    socket.once('close', () => this.#sockets.delete(key));
    if (this.#sockets.size <= MAX_PENDING) return;
    for (const oldest of this.#sockets.values()) {
      oldest.destroy();
      this.#sockets.delete(keyOf(oldest));
      return;
    }
  }

  /** Returns the socket that it began with, which is beneath this one. */
  finish(socket: Socket): Socket | undefined {
    const key = keyOf(socket);
    const beneath = this.#sockets.get(key);
    this.#sockets.delete(key);
    return beneath;
  }
}

function keyOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress ?? ''} ${remotePort ?? 0}`;
}
