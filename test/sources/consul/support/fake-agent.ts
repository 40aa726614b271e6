import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the agent says. */
export interface Reply {
  readonly status?: number;
  readonly index?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** A Consul agent that says what it is told to: blocking queries wait until it is told something else. */
export class FakeAgent {
  readonly requests: IncomingMessage[] = [];
  readonly #server: Server;
  readonly #replies = new Map<string, Reply>();
  readonly #waiting = new Set<() => void>();

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<FakeAgent> {
    const server = createServer();
    const agent = new FakeAgent(server);
    server.on('request', (request, response) => agent.#answer(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return agent;
  }

  get address(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  says(path: string, reply: Reply): void {
    this.#replies.set(path, reply);
    for (const look of [...this.#waiting]) look();
  }

  /** Ends every connection; whoever asks again is answered. */
  cut(): void {
    this.#server.closeAllConnections();
  }

  async stop(): Promise<void> {
    await new Promise((resolve) => {
      this.#server.close(resolve);
      this.#server.closeAllConnections();
    });
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    this.requests.push(request);
    const url = new URL(request.url ?? '', 'http://consul');
    const look = () => {
      const reply = this.#replies.get(url.pathname);
      if (reply === undefined) return;
      const { status = 200, index = 1, headers = {}, body } = reply;
      // As Consul: an index ahead of its own waits, too.
      if (status === 200 && Number(url.searchParams.get('index') ?? 0) >= index) return;
      this.#waiting.delete(look);
      response.writeHead(status, { 'x-consul-index': String(index), ...headers });
      response.end(typeof body === 'string' ? body : JSON.stringify(body));
    };
    this.#waiting.add(look);
    request.on('close', () => this.#waiting.delete(look));
    look();
  }
}
