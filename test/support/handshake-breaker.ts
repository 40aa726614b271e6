import { once } from 'node:events';
import { type AddressInfo, connect as connectTcp, createServer, type Server, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';

/** A record of TLS 1.2 with one fatal alert (RFC 5246 §6.2.1, §7.2). */
export function alertRecord(description: number): Buffer {
  return Buffer.from([21, 3, 3, 0, 2, 2, description]);
}

/** A server that answers the first bytes of every client with the same bytes, and closes. */
export class HandshakeBreaker {
  readonly #server: Server;
  readonly #open = new Set<Socket>();

  private constructor(answer: Buffer) {
    this.#server = createServer((socket) => {
      this.#open.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => this.#open.delete(socket));
      socket.once('data', () => socket.end(answer));
    });
  }

  /** @param answer nothing: it only closes */
  static async start(answer: Buffer = Buffer.alloc(0)): Promise<HandshakeBreaker> {
    const breaker = new HandshakeBreaker(answer);
    breaker.#server.listen(0, '127.0.0.1');
    await once(breaker.#server, 'listening');
    return breaker;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const socket of this.#open) socket.destroy();
    await closed;
  }
}

/** Begins a handshake of TLS 1.2 as a client, and breaks it off with an alert when the server has answered. */
export async function refuseServer(port: number, serverName: string, description: number): Promise<void> {
  const socket = connectTcp({ host: '127.0.0.1', port });
  socket.on('error', () => socket.destroy());
  await once(socket, 'connect');
  socket.write(await clientHello(serverName));
  await once(socket, 'data');
  socket.end(alertRecord(description));
  if (!socket.closed) await once(socket, 'close');
}

/** What a client of TLS 1.2 says first. */
async function clientHello(serverName: string): Promise<Buffer> {
  return await new Promise((resolve) => {
    const wire = new Duplex({
      read: () => undefined,
      write: (chunk: Buffer, _encoding, done) => {
        resolve(chunk);
        done();
      },
    });
    const client = connectTls({ socket: wire, servername: serverName, maxVersion: 'TLSv1.2' });
    client.on('error', () => client.destroy());
  });
}
