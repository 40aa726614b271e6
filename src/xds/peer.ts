import type { TLSSocket } from 'node:tls';
import type { ServerDuplexStream } from '@grpc/grpc-js';
import { http2StreamOf } from './message-stream';

/** Who is at the other end of a call, before anybody asks what it may do. */
export interface Peer {
  /** `ADDRESS:PORT`, or the socket's path. */
  readonly address: string;
  /** DER of the client certificate that the TLS handshake verified; absent without TLS. */
  readonly certificate?: Buffer;
}

/** The part of a gRPC server call, of whatever kind, that tells of its peer. */
export type PeeredCall = Pick<ServerDuplexStream<unknown, unknown>, 'getPeer' | 'emit'>;

const peers = new WeakMap<PeeredCall, Peer>();

/** The same object each time for the same call. */
export function peerOf(call: PeeredCall): Peer {
  let peer = peers.get(call);
  if (peer === undefined) {
    const certificate = certificateOf(call);
    peer = { address: call.getPeer(), ...(certificate && { certificate }) };
    peers.set(call, peer);
  }
  return peer;
}

const CERTIFICATE = Symbol('certificate');

/** Notes on a connection what its client has proved to have, in DER: OpenSSL would write it out anew for each call. */
export function keepCertificate(socket: TLSSocket, der: Buffer): void {
  Object.defineProperty(socket, CERTIFICATE, { value: der });
}

/** Of the TLS connection under a call; HTTP/2 shows its socket only through a proxy, which passes this on. */
function certificateOf(call: PeeredCall): Buffer | undefined {
  const { socket } = http2StreamOf(call).session ?? {};
  const der: unknown = socket && Reflect.get(socket, CERTIFICATE);
  return Buffer.isBuffer(der) ? der : undefined;
}
