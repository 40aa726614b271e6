import { readFileSync } from 'node:fs';
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttp2Server, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';

/** What an upstream saw of a request. */
export interface Echo {
  /** The name under which the upstream was opened. */
  readonly upstream: string;
  readonly method: string;
  readonly path: string;
  readonly authority: string;
  /** From the outside in: a connection that is passed on as it is may be TLS within TLS. */
  readonly tls: readonly SeenTls[];
}

export interface SeenTls {
  readonly serverName?: string;
  readonly clientFingerprint?: string;
}

const PKI = join(__dirname, '../../../fixtures/pki');
export const ECHO_HEADER = 'x-echo';
const CLIENT_HELLO = 0x16;
const HTTP2_PREFACE = 'PRI';

/** PEM of a certificate or key of `fixtures/pki`. */
export function pkiFile(name: string): string {
  return readFileSync(join(PKI, name), 'utf8');
}

/** The chain that upstreams show over TLS, unless the client wants RSA. */
export const SERVER_CHAIN = pkiFile('server-ec.crt');

interface Connection {
  readonly upstream: string;
  readonly tls: readonly SeenTls[];
}

/** Upstreams that answer every request with what they saw of it, in a header; TLS or not and HTTP/1.1 or HTTP/2 as the client begins. */
export class EchoServers {
  readonly #servers: Server[] = [];
  readonly #sockets = new Set<Socket>();
  readonly #connections = new WeakMap<object, Connection>();
  readonly #http1 = createHttpServer({ keepAliveTimeout: 0 }, (request, response) =>
    this.#answer(request, response, request.socket),
  );
  readonly #http2 = createHttp2Server((request, response) =>
    // The session's socket is a proxy; the real one is what was handed over.
    this.#answer(request, response, this.#sessions.get(request.stream.session ?? {})),
  );
  readonly #sessions = new WeakMap<object, Socket>();

  /** Opens an upstream of this name and returns its port. */
  async open(upstream: string): Promise<number> {
    const server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
      this.#accept(socket, { upstream, tls: [] });
    });
    this.#servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return (server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await Promise.all(this.#servers.map(async (server) => await new Promise((resolve) => server.close(resolve))));
  }

  #accept(socket: Socket, connection: Connection): void {
    this.#connections.set(socket, connection);
    socket.on('error', () => socket.destroy());
    socket.once('readable', () => {
      const first = socket.read() as Buffer | null;
      if (first === null) return;
      socket.unshift(first);
      if (first[0] === CLIENT_HELLO) this.#acceptTls(socket, connection);
      else if (first.toString('latin1').startsWith(HTTP2_PREFACE)) this.#acceptHttp2(socket);
      else this.#http1.emit('connection', socket);
    });
  }

  #acceptTls(socket: Socket, { upstream, tls }: Connection): void {
    const server = createTlsServer(TLS_OPTIONS, (secured) =>
      this.#accept(secured, { upstream, tls: [...tls, seen(secured)] }),
    );
    server.on('tlsClientError', () => socket.destroy());
    server.emit('connection', socket);
  }

  /** Envoy negotiates no protocol where the TLSContext names none, and speaks HTTP/2 at once. */
  #acceptHttp2(socket: Socket): void {
    Object.defineProperty(socket, 'alpnProtocol', { value: 'h2' });
    this.#http2.once('session', (session) => this.#sessions.set(session, socket));
    this.#http2.emit('connection', socket);
  }

  #answer(
    request: IncomingMessage | Http2ServerRequest,
    response: ServerResponse | Http2ServerResponse,
    socket: Socket | undefined,
  ): void {
    request.resume();
    const { upstream = '', tls = [] } = (socket && this.#connections.get(socket)) ?? {};
    const echo: Echo = {
      upstream,
      method: request.method ?? '',
      path: request.url ?? '',
      authority: String(request.headers[':authority'] ?? request.headers.host ?? ''),
      tls,
    };
    response.setHeader(ECHO_HEADER, Buffer.from(JSON.stringify(echo)).toString('base64'));
    response.setHeader('content-length', '0');
    response.end();
  }
}

const TLS_OPTIONS = {
  cert: [SERVER_CHAIN, pkiFile('server-rsa.crt')],
  key: [pkiFile('server-ec.key'), pkiFile('server-rsa.key')],
  requestCert: true,
  rejectUnauthorized: false,
};

function seen(socket: TLSSocket): SeenTls {
  const { servername } = socket as { servername?: string | false };
  const fingerprint = socket.getPeerX509Certificate()?.fingerprint256.replaceAll(':', '').toLowerCase();
  return {
    ...(typeof servername === 'string' && { serverName: servername }),
    ...(fingerprint !== undefined && { clientFingerprint: fingerprint }),
  };
}
