import type { ServerDuplexStream } from '@grpc/grpc-js';

/** Who is at the other end of a call, before anybody asks what it may do. */
export interface Peer {
  /** `ADDRESS:PORT`, or the socket's path. */
  readonly address: string;
  /** DER of the client certificate that the TLS handshake verified; absent without TLS. */
  readonly certificate?: Buffer;
}

/** The part of a gRPC server call, of whatever kind, that tells of its peer. */
export type PeeredCall = Pick<ServerDuplexStream<unknown, unknown>, 'getPeer' | 'getAuthContext' | 'emit'>;

const peers = new WeakMap<PeeredCall, Peer>();

/** Read once per call: OpenSSL writes the certificate out anew each time it is asked. */
export function peerOf(call: PeeredCall): Peer {
  let peer = peers.get(call);
  if (peer === undefined) {
    const certificate = call.getAuthContext().sslPeerCertificate?.raw;
    peer = { address: call.getPeer(), ...(certificate && { certificate }) };
    peers.set(call, peer);
  }
  return peer;
}
