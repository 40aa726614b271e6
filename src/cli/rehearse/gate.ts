import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';

/**
 * Stands between the TLS library and the network. Node verifies a server after the handshake, when the client certificate has been
 * shown already; Envoy does so in the midst of it. Every write asks first, so that we can break off where Envoy would.
 */
export class Gate extends Duplex {
  readonly #socket: Socket;
  readonly #mayPass: () => boolean;

  /** `onData` sees what comes in before the TLS library does. */
  constructor(socket: Socket, mayPass: () => boolean, onData: (chunk: Buffer) => void) {
    super();
    this.#socket = socket;
    this.#mayPass = mayPass;
    socket.on('data', (chunk: Buffer) => {
      onData(chunk);
      this.push(chunk);
    });
    socket.on('end', () => this.push(null));
    socket.on('error', (error) => this.destroy(error));
    socket.on('close', () => this.destroy());
  }

  override _read(): void {
    // What comes is little: it is pushed as it comes.
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    if (this.#mayPass() && this.#socket.writable) this.#socket.write(chunk, done);
    else done();
  }

  override _final(done: () => void): void {
    this.#socket.end(done);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#socket.destroy();
    done(error);
  }
}
