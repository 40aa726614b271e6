import { readFileSync } from 'node:fs';
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttp2Server, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { createServer as createTlsServer, TLSSocket } from 'node:tls';

/** What the upstream saw of a request. */
export interface Echo {
  readonly method: string;
  readonly path: string;
  readonly authority: string;
  /** Absent in cleartext. */
  readonly tls?: { readonly serverName?: string; readonly clientFingerprint?: string };
}

const PKI = join(__dirname, '../../../fixtures/pki');
export const ECHO_HEADER = 'x-echo';

/** PEM of a certificate or key of `fixtures/pki`. */
export function pkiFile(name: string): string {
  return readFileSync(join(PKI, name), 'utf8');
}

/** The chain that {@link EchoServers} show over TLS, unless the client wants RSA. */
export const SERVER_CHAIN = pkiFile('server-ec.crt');

/** Upstreams in cleartext and over TLS, HTTP/1.1 and HTTP/2, that answer every request with what they saw of it, in a header. */
export class EchoServers {
  readonly #servers: Readonly<Record<string, Server>>;
  readonly #sockets = new Set<Socket>();

  private constructor(servers: Readonly<Record<string, Server>>) {
    this.#servers = servers;
    for (const server of Object.values(servers)) {
      server.on('connection', (socket) => {
        this.#sockets.add(socket);
        socket.on('close', () => this.#sockets.delete(socket));
        socket.on('error', () => socket.destroy());
      });
    }
  }

  static async start(): Promise<EchoServers> {
    const http1 = createHttpServer({ keepAliveTimeout: 0 }, answer);
    const http2 = createHttp2Server(answer);
    const servers = {
      'tcp-1': createServer((socket) => http1.emit('connection', socket)),
      'tcp-2': createServer((socket) => http2.emit('connection', socket)),
      'tls-1': createTlsServer(tlsOptions(), (socket) => http1.emit('connection', socket)),
      'tls-2': createTlsServer(tlsOptions(), (socket) => http2.emit('connection', spokenTo(socket))),
    };
    await Promise.all(
      Object.values(servers).map(
        async (server: Server) => await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)),
      ),
    );
    return new EchoServers(servers);
  }

  port({ tls, http2 }: { readonly tls: boolean; readonly http2: boolean }): number {
    const address = this.#servers[`${tls ? 'tls' : 'tcp'}-${http2 ? 2 : 1}`]?.address() as AddressInfo | undefined;
    if (address === undefined) throw new Error('this server does not run');
    return address.port;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await Promise.all(
      Object.values(this.#servers).map(async (server) => await new Promise((resolve) => server.close(resolve))),
    );
  }
}

function tlsOptions() {
  return {
    cert: [SERVER_CHAIN, pkiFile('server-rsa.crt')],
    key: [pkiFile('server-ec.key'), pkiFile('server-rsa.key')],
    requestCert: true,
    rejectUnauthorized: false,
  };
}

/** Envoy negotiates no protocol where the TLSContext names none, and speaks HTTP/2 at once. */
function spokenTo(socket: TLSSocket): TLSSocket {
  return Object.defineProperty(socket, 'alpnProtocol', { value: 'h2' });
}

function answer(request: IncomingMessage | Http2ServerRequest, response: ServerResponse | Http2ServerResponse): void {
  request.resume();
  const socket = 'stream' in request ? request.stream.session?.socket : request.socket;
  const echo: Echo = {
    method: request.method ?? '',
    path: request.url ?? '',
    authority: String(request.headers[':authority'] ?? request.headers.host ?? ''),
    ...(socket instanceof TLSSocket && { tls: seen(socket) }),
  };
  response.setHeader(ECHO_HEADER, Buffer.from(JSON.stringify(echo)).toString('base64'));
  response.setHeader('content-length', '0');
  response.end();
}

function seen(socket: TLSSocket): NonNullable<Echo['tls']> {
  const { servername } = socket as { servername?: string | false };
  const fingerprint = socket.getPeerX509Certificate()?.fingerprint256.replaceAll(':', '').toLowerCase();
  return {
    ...(typeof servername === 'string' && { serverName: servername }),
    ...(fingerprint !== undefined && { clientFingerprint: fingerprint }),
  };
}
