import type { X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import { judgePeerChain, revocationOf, type SecretValues, trustBundleOf } from '../certificates';
import type { XdsTls } from './listener';
import { keepCertificate } from './peer';
import { Slices } from './slices';

/** Timers of Node can't be longer. */
const MAX_TIMER_MS = 2 ** 31 - 1;
/** Revocation lists run out by themselves. */
const REJUDGE_MS = 5 * 60_000;

interface Connection {
  /** What the client sent, in DER, the leaf first. */
  readonly chain: readonly Buffer[];
  expiry: NodeJS.Timeout;
}

/**
 * The mutual TLS connections that are up. A handshake judges a client once; here it is judged again when CA or revocation lists
 * change, every five minutes, and at the end of its certificate's life. One that no longer stands is closed, and with it
 * every stream on it.
 */
export class TlsConnections {
  readonly #connections = new Map<TLSSocket, Connection>();
  readonly #now: () => Date;
  readonly #rejudging: NodeJS.Timeout;
  /** To be judged again. A thousand chains at once would keep the event loop for a second. */
  readonly #doubtful = new Slices<TLSSocket>((socket) => this.#judge(socket));
  #stands: (chain: Chain) => boolean;

  constructor(tls: XdsTls, now: () => Date) {
    this.#now = now;
    this.#stands = judgeOf(tls, now);
    this.#rejudging = setInterval(() => this.#judgeAll(), REJUDGE_MS).unref();
  }

  /** Closes the connection at once if OpenSSL let in what would not stand here later. Returns whether it is up. */
  add(socket: TLSSocket): boolean {
    const chain = chainOf(socket.getPeerX509Certificate());
    const [leaf] = chain;
    if (leaf === undefined || !this.#stands(chain)) {
      socket.destroy();
      return false;
    }
    const notAfter = new Date(leaf.validTo);
    const ders = chain.map(({ raw }) => raw);
    keepCertificate(socket, leaf.raw);
    const connection: Connection = { chain: ders, expiry: this.#expiry(socket, notAfter) };
    this.#connections.set(socket, connection);
    socket.once('close', () => {
      clearTimeout(connection.expiry);
      this.#connections.delete(socket);
      this.#doubtful.delete(socket);
    });
    return true;
  }

  /** Judges by these from now on. */
  use(tls: XdsTls): void {
    this.#stands = judgeOf(tls, this.#now);
    this.#judgeAll();
  }

  stop(): void {
    clearInterval(this.#rejudging);
  }

  #judgeAll(): void {
    for (const socket of this.#connections.keys()) this.#doubtful.add(socket);
  }

  #judge(socket: TLSSocket): void {
    const connection = this.#connections.get(socket);
    if (connection !== undefined && !this.#stands(connection.chain)) socket.destroy();
  }

  #expiry(socket: TLSSocket, notAfter: Date): NodeJS.Timeout {
    const left = notAfter.getTime() - this.#now().getTime();
    if (left <= MAX_TIMER_MS) return setTimeout(() => socket.destroy(), Math.max(left, 0)).unref();
    return setTimeout(() => {
      const connection = this.#connections.get(socket);
      if (connection !== undefined) connection.expiry = this.#expiry(socket, notAfter);
    }, MAX_TIMER_MS).unref();
  }
}

function judgeOf({ clientCa, crl }: XdsTls, now: () => Date): (chain: Chain) => boolean {
  const bundle = trustBundleOf(secretValues('ca.crt', clientCa), 'declared');
  const revocation = crl && revocationOf(secretValues('crl.pem', crl));
  return (chain) =>
    bundle !== undefined &&
    (crl === undefined || revocation !== undefined) &&
    judgePeerChain(chain, bundle, 'client', now(), revocation).refusal === undefined;
}

function secretValues(name: string, value: Buffer): SecretValues {
  return { get: (key) => (key === name ? value : undefined), keys: () => [name] };
}

type Chain = readonly (Buffer | X509Certificate)[];

function chainOf(leaf: X509Certificate | undefined): readonly X509Certificate[] {
  const chain: X509Certificate[] = [];
  for (let each = leaf; each !== undefined; each = each.issuerCertificate) chain.push(each);
  return chain;
}
