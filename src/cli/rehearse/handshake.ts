import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls, type SecureContext, type TLSSocket } from 'node:tls';
import { type KeyExchange, writePem } from '../../certificates';
import type { Observation, Offer, Refusal } from '../../rehearsal';
import { Gate } from './gate';
import { HandshakeReader } from './handshake-reader';

export interface HandshakeOptions {
  readonly address: string;
  readonly port: number;
  readonly offer: Offer;
  readonly context: SecureContext;
  /** What we have against the upstream’s chain (PEM), if anything; asked before our own certificate is shown. */
  readonly judge: (chainPem: string, exchange: KeyExchange) => Refusal | undefined;
  /** For the connection and the handshake together. */
  readonly timeoutMs: number;
}

/**
 * After the handshake, for how long the upstream must not close the connection: in TLS 1.3 it judges our certificate only then, and
 * servers on Node.js do so in every version. At least this long, and a few of the round trips that the handshake took.
 */
const SETTLE_MS = 250;
const SETTLE_HANDSHAKES = 3;

const FATAL_BAD_CERTIFICATE = Buffer.from([21, 3, 3, 0, 2, 2, 42]);

/** Shakes hands once, sends nothing else, and closes. Never rejects. */
export async function shakeHands(options: HandshakeOptions): Promise<Observation> {
  return await new Promise((resolve) => {
    new Attempt(options, resolve).start();
  });
}

class Attempt {
  readonly #options: HandshakeOptions;
  readonly #resolve: (seen: Observation) => void;
  readonly #reader = new HandshakeReader();
  readonly #begin = performance.now();
  #socket: Socket | undefined;
  #tls: TLSSocket | undefined;
  #timer: NodeJS.Timeout | undefined;
  #stage: Observation['stage'] = 'connecting';
  #chain: string | undefined;
  #over = false;

  constructor(options: HandshakeOptions, resolve: (seen: Observation) => void) {
    this.#options = options;
    this.#resolve = resolve;
  }

  start(): void {
    const { address: host, port, timeoutMs } = this.#options;
    this.#timer = setTimeout(() => this.#end({ end: 'timeout' }), timeoutMs);
    const socket = connectTcp({ host, port });
    this.#socket = socket;
    const fail = (error: NodeJS.ErrnoException) =>
      this.#end({ end: 'no connection', network: error.code ?? 'unknown' });
    socket.once('error', fail);
    socket.once('connect', () => {
      socket.off('error', fail);
      this.#shake(socket);
    });
  }

  #shake(socket: Socket): void {
    const { offer, context } = this.#options;
    this.#stage = 'hello';
    const gate = new Gate(
      socket,
      () => this.#mayPass(),
      (chunk) => this.#reader.read(chunk),
    );
    const tls = connectTls({
      socket: gate,
      secureContext: context,
      // The judgement is ours, in the gate: as Envoy’s, and before our certificate is shown.
      rejectUnauthorized: false,
      ...(offer.sni !== undefined && { servername: offer.sni }),
      ...(offer.alpnProtocols.length > 0 && { ALPNProtocols: [...offer.alpnProtocols] }),
    });
    this.#tls = tls;
    tls.once('secureConnect', () => this.#settle());
    tls.once('data', () => this.#end({ end: 'content' }));
    tls.once('end', () => this.#ended());
    tls.once('close', () => this.#ended());
    tls.on('error', (error: NodeJS.ErrnoException) => this.#failed(error));
  }

  /** Whether what our side has to say may go out. */
  #mayPass(): boolean {
    if (this.#over) return false;
    const peer = this.#tls?.getPeerX509Certificate();
    if (this.#chain !== undefined || peer === undefined) return true;
    // In TLS 1.3 our side is done before the first byte of its last flight goes out.
    if (this.#stage === 'hello') this.#stage = 'certificate';
    this.#chain = chainOf(peer);
    const refusal = this.#options.judge(this.#chain, exchangeOf(this.#tls?.getCipher().name));
    if (refusal === undefined) return true;
    if (this.#tls?.getProtocol() !== 'TLSv1.3') this.#socket?.write(FATAL_BAD_CERTIFICATE);
    this.#end({ end: 'refused by us', refusal });
    return false;
  }

  #settle(): void {
    this.#stage = 'done';
    clearTimeout(this.#timer);
    const settleMs = Math.max(SETTLE_MS, SETTLE_HANDSHAKES * (performance.now() - this.#begin));
    this.#timer = setTimeout(() => this.#end({ end: 'content' }), settleMs);
  }

  #ended(): void {
    this.#end({ end: 'ended by the upstream', ...this.#readAlert() });
  }

  #failed({ code = 'unknown' }: NodeJS.ErrnoException): void {
    const alert =
      /_ALERT_(.+)$/.exec(code)?.[1]?.toLowerCase() ??
      (code === 'ERR_SSL_TLSV1_UNRECOGNIZED_NAME' ? 'unrecognized_name' : undefined);
    if (alert !== undefined) this.#end({ end: 'ended by the upstream', alert, ...this.#readAlert() });
    else if (code.startsWith('ERR_SSL_') && this.#reader.alert === undefined)
      this.#end({ end: 'refused by us', complaint: code.slice('ERR_SSL_'.length) });
    else this.#ended();
  }

  /** The library’s words for an alert differ between versions; what was in the clear is surer. */
  #readAlert(): { readonly alert?: string } {
    return this.#reader.alert === undefined ? {} : { alert: this.#reader.alert };
  }

  #end(end: Pick<Observation, 'end'> & Partial<Observation>): void {
    if (this.#over) return;
    this.#over = true;
    clearTimeout(this.#timer);
    const protocol = this.#stage === 'connecting' ? undefined : (this.#tls?.getProtocol() ?? undefined);
    const cipher = this.#stage === 'done' ? this.#tls?.getCipher().name : undefined;
    const alpn = this.#stage === 'done' ? this.#tls?.alpnProtocol : undefined;
    this.#resolve({
      stage: this.#stage,
      address: this.#options.address,
      ...(protocol !== undefined && protocol !== 'unknown' && { protocol }),
      ...(cipher !== undefined && { cipherSuite: cipher }),
      ...(typeof alpn === 'string' && alpn !== '' && { alpnProtocol: alpn }),
      ...(this.#chain !== undefined && { peerChain: this.#chain }),
      ...(this.#reader.certificateRequested !== undefined && {
        certificateRequested: this.#reader.certificateRequested,
      }),
      ...end,
    });
    // Destroying at once would cut off an alert that is being sent; ending twice does no harm.
    const [tls, socket] = [this.#tls, this.#socket];
    socket?.end(() => {
      tls?.destroy();
      socket.destroy();
    });
    if (this.#stage === 'connecting') socket?.destroy();
  }
}

/** Suites without Diffie-Hellman in their name exchange keys by RSA; those of TLS 1.3 never do. */
function exchangeOf(cipherSuite = ''): KeyExchange {
  return /^(?:TLS_|ECDHE|DHE)/.test(cipherSuite) ? 'signature' : 'encryption';
}

type Peer = NonNullable<ReturnType<TLSSocket['getPeerX509Certificate']>>;

/** The chain as PEM, leaf first. Node links each certificate to its issuer among those that were sent. */
function chainOf(leaf: Peer): string {
  const chain = new Map<string, string>();
  for (
    let each: Peer | undefined = leaf;
    each !== undefined && !chain.has(each.fingerprint256);
    each = each.issuerCertificate
  )
    chain.set(each.fingerprint256, writePem('CERTIFICATE', each.raw));
  return [...chain.values()].join('');
}
