import { constants } from 'node:crypto';
import { once } from 'node:events';
import { lstat, rm } from 'node:fs/promises';
import { connect, createServer, type Server as NetServer, type Socket } from 'node:net';
import { createServer as createTlsServer, type SecureContextOptions, type Server as TlsServer } from 'node:tls';
import { type ConnectionInjector, type Server, ServerCredentials } from '@grpc/grpc-js';
import { parseListenAddress } from './address';
import { gatherWords, onFirstWords } from './first-words';
import { HandshakeTurns } from './handshake-turns';
import { PendingHandshakes } from './pending-handshakes';
import { Slices } from './slices';
import { TlsConnections } from './tls-connections';

/** PEM files' contents for mutual TLS. The private key stays in this object and in Node's TLS context. */
export interface XdsTls {
  readonly certificateChain: Buffer;
  readonly privateKey: Buffer;
  /** Clients must present a certificate of one of these. */
  readonly clientCa: Buffer;
  /** Revocation lists; every CA on the way needs a current one then. */
  readonly crl?: Buffer;
}

const HANDSHAKE_TIMEOUT_MS = 10_000;
const MAX_CONNECTIONS = 20_000;

const HANDSHAKE = {
  requestCert: true,
  rejectUnauthorized: true,
  ALPNProtocols: ['h2'],
  handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
};

/**
 * The listening socket of the xDS port. grpc-js's own listener can demand neither TLS 1.3 nor a handshake in good time, so
 * ours hands finished connections over to it.
 */
export class XdsListener {
  readonly #server: NetServer;
  readonly #tls: TlsServer | undefined;
  readonly #injector: ConnectionInjector;
  readonly #connections: TlsConnections | undefined;
  readonly #turns: HandshakeTurns | undefined;
  /** Those that HTTP/2 does not have yet: before or in their handshake, silent, or waiting for their turn. */
  readonly #outside = new Set<Socket>();
  #draining = false;
  /** Accepting is cheap, handshakes and sessions are not: a storm of connections is let in little by little. */
  readonly #admission = new Slices<Socket>((socket) => this.#inject(socket));

  /** @param onRefused Is told of each peer that spoke and whose TLS handshake came to nothing. */
  constructor(grpc: Server, tls: XdsTls | undefined, now: () => Date, onRefused: (peer: string) => void) {
    this.#injector = grpc.createConnectionInjector(ServerCredentials.createInsecure());
    if (tls !== undefined) {
      const connections = new TlsConnections(tls, now);
      const pending = new PendingHandshakes();
      this.#connections = connections;
      const turns = new HandshakeTurns((socket) => {
        pending.begin(socket);
        this.#tls?.emit('connection', socket);
      });
      this.#turns = turns;
      this.#tls = createTlsServer({ ...contextOptions(tls), ...HANDSHAKE }, (socket) => {
        const raw = pending.finish(socket);
        if (raw !== undefined) {
          turns.delete(raw);
          this.#outside.delete(raw);
        }
        if (connections.add(socket)) this.#admit(socket);
        else onRefused(addressOf(socket));
      });
    }
    this.#server = createServer((socket) => {
      // Until somebody else listens: one that is reset while it waits must not end the process.
      socket.on('error', () => {});
      const turns = this.#turns;
      if (turns === undefined) {
        this.#admit(socket);
        return;
      }
      const peer = addressOf(socket);
      socket.once('close', () => {
        turns.delete(socket);
        // Node says nothing of a client certificate that it refuses, but closes. Who never spoke only looked whether the port is open.
        if (this.#outside.has(socket) && socket.bytesRead > 0 && !this.#draining) onRefused(peer);
      });
      this.#keepOutside(socket);
      turns.add(socket);
    });
    // A failed accept, for want of file descriptors, must not end the process either.
    this.#server.on('error', () => {});
    this.#server.maxConnections = MAX_CONNECTIONS;
  }

  #admit(socket: Socket): void {
    this.#keepOutside(socket);
    socket.once('close', () => this.#admission.delete(socket));
    onFirstWords(socket, () => this.#admission.add(socket));
  }

  #keepOutside(socket: Socket): void {
    this.#outside.add(socket);
    socket.once('close', () => this.#outside.delete(socket));
    if (this.#draining) socket.destroy();
  }

  #inject(socket: Socket): void {
    this.#outside.delete(socket);
    if (this.#draining) socket.destroy();
    if (socket.destroyed) return;
    gatherWords(socket);
    socket.setNoDelay(true);
    this.#injector.injectConnection(socket);
  }

  /** Returns the address that clients connect to: the port is known only now if it was 0. */
  async listen(address: string): Promise<{ readonly port: number }> {
    const target = parseListenAddress(address);
    if ('path' in target) await removeStaleSocket(target.path);
    this.#server.listen(target);
    await once(this.#server, 'listening');
    const bound = this.#server.address();
    return { port: typeof bound === 'object' && bound !== null ? bound.port : 0 };
  }

  /** New handshakes use these from now on; connections that are up stay if their client's certificate still stands. */
  useTls(tls: XdsTls): void {
    this.#tls?.setSecureContext(contextOptions(tls));
    this.#connections?.use(tls);
  }

  /**
   * Takes no new connections, and no new streams on those that are up (HTTP/2 GOAWAY). Cuts them after `ms` milliseconds.
   * Resolves when the last has closed.
   */
  async drain(ms: number): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#connections?.stop();
    this.#draining = true;
    for (const socket of this.#outside) socket.destroy();
    this.#injector.drain(ms);
    await closed;
  }
}

function addressOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress ?? ''}:${remotePort ?? ''}`;
}

/** Removes the socket file of a process that was killed; one that answers is left alone, and listening will fail. */
async function removeStaleSocket(path: string): Promise<void> {
  const file = await lstat(path).catch(() => undefined);
  if (!file?.isSocket()) return;
  const probe = connect(path);
  try {
    await once(probe, 'connect');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ECONNREFUSED') await rm(path, { force: true });
  } finally {
    probe.destroy();
  }
}

/** A resumed session would skip the judgement of the certificate. */
const NO_RESUMPTION = constants.SSL_OP_NO_TICKET;

function contextOptions({ certificateChain: cert, privateKey: key, clientCa: ca, crl }: XdsTls): SecureContextOptions {
  return { cert, key, ca, ...(crl && { crl }), minVersion: 'TLSv1.3', secureOptions: NO_RESUMPTION };
}
