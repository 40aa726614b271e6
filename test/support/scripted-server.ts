import { once } from 'node:events';
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

type Answer = (request: IncomingMessage, response: ServerResponse, count: number) => void;

/** A server that answers as the test says; it grants every upgrade and then sends back what it gets. */
export class ScriptedServer {
  /** Requests so far, upgrades too. */
  readonly requests: IncomingMessage[] = [];
  /** Connections that are open. */
  readonly sockets = new Set<Socket>();
  readonly #server: Server;

  private constructor(answer: Answer) {
    this.#server = createServer((request, response) => {
      this.requests.push(request);
      answer(request, response, this.requests.length);
    });
    this.#server.on('upgrade', (request, socket) => {
      this.requests.push(request);
      socket.on('error', () => socket.destroy());
      socket.write(
        `HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade\r\nupgrade: ${request.headers.upgrade ?? ''}\r\n\r\n`,
      );
      socket.pipe(socket);
    });
    this.#server.on('connection', (socket) => {
      this.sockets.add(socket);
      socket.on('close', () => this.sockets.delete(socket));
    });
    // Whoever else closes idle connections shall not be this server.
    this.#server.keepAliveTimeout = 0;
  }

  /** `count` is that of the request, from 1. */
  static async start(answer: Answer = (_request, response) => response.end()): Promise<ScriptedServer> {
    const server = new ScriptedServer(answer);
    server.#server.listen(0, '127.0.0.1');
    await once(server.#server, 'listening');
    return server;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }
}
