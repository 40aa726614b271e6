import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer, Server as HttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { type SecureVersion, TLSSocket } from 'node:tls';

export interface UpstreamTls {
  /** PEM, as are the others: the leaf, then its intermediates. */
  readonly cert: string;
  readonly key: string;
  /** Who may have issued the client's certificate. With it, a client without a good certificate is refused in the handshake. */
  readonly clientCa?: string;
  readonly crl?: string;
  readonly minVersion?: SecureVersion;
  readonly maxVersion?: SecureVersion;
}

export interface UpstreamOptions {
  readonly port?: number;
  readonly tls?: UpstreamTls;
  /** False: a connection for each request, so that each begins with a handshake. Default true. */
  readonly keepAlive?: boolean;
}

/** A request as the upstream saw it; it is also the JSON that the upstream answers. */
export interface Sighting {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly tls?: SeenTls;
}

export interface SeenTls {
  readonly version: string | null;
  /** The SNI that the client sent. */
  readonly serverName?: string;
  readonly client?: SeenCertificate;
}

export interface SeenCertificate {
  readonly commonName?: string;
  /** As Node prints it: `DNS:a.test, URI:spiffe://…`. */
  readonly subjectAltName?: string;
  /** Hexadecimal, upper case. */
  readonly serialNumber: string;
}

/** A server that answers every request with what it saw of it. */
export class Upstream {
  readonly port: number;
  /** Every request so far, oldest first. */
  readonly requests: readonly Sighting[];
  readonly #server: Server;

  private constructor(server: Server, requests: readonly Sighting[]) {
    this.#server = server;
    this.requests = requests;
    this.port = (server.address() as AddressInfo).port;
  }

  static async start(options: UpstreamOptions = {}): Promise<Upstream> {
    const requests: Sighting[] = [];
    const answer = (request: IncomingMessage, response: ServerResponse) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const sighting = see(request, Buffer.concat(chunks).toString());
        requests.push(sighting);
        response.setHeader('content-type', 'application/json').end(JSON.stringify(sighting));
      });
    };
    const server =
      options.tls === undefined ? createHttpServer(answer) : createHttpsServer(tlsOptions(options.tls), answer);
    if (options.keepAlive === false) server.maxRequestsPerSocket = 1;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(options.port ?? 0, '127.0.0.1', resolve);
    });
    return new Upstream(server, requests);
  }

  /** New connections are answered with this; established ones stay as they are. */
  useTls(tls: UpstreamTls): void {
    if (!(this.#server instanceof HttpsServer)) throw new Error('this upstream speaks cleartext');
    this.#server.setSecureContext(tlsOptions(tls));
  }

  async stop(): Promise<void> {
    await new Promise((resolve) => {
      this.#server.close(resolve);
      this.#server.closeAllConnections();
    });
  }
}

function tlsOptions(tls: UpstreamTls) {
  const { clientCa, ...rest } = tls;
  if (clientCa === undefined) return rest;
  return { ...rest, ca: clientCa, requestCert: true, rejectUnauthorized: true };
}

function see(request: IncomingMessage, body: string): Sighting {
  return {
    method: request.method ?? '',
    path: request.url ?? '',
    headers: Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)])),
    body,
    ...(request.socket instanceof TLSSocket ? { tls: seeTls(request.socket) } : {}),
  };
}

function seeTls(socket: TLSSocket): SeenTls {
  const serverName = (socket as { servername?: string | false }).servername;
  const peer = socket.getPeerX509Certificate();
  const { CN } = socket.getPeerCertificate().subject ?? {};
  return {
    version: socket.getProtocol(),
    ...(typeof serverName === 'string' ? { serverName } : {}),
    ...(peer === undefined
      ? {}
      : {
          client: {
            ...(CN === undefined ? {} : { commonName: String(CN) }),
            ...(peer.subjectAltName === undefined ? {} : { subjectAltName: peer.subjectAltName }),
            serialNumber: peer.serialNumber,
          },
        }),
  };
}
