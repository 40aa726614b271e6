import type { KeyPair, Revocation, TrustBundle } from '../certificates';
import type { Origin } from './origin';

/** A certificate chain with its private key, delivered over SDS. */
export interface TlsCertificateSecret {
  readonly type: 'tls_certificate';
  /** `<namespace>/<secret>`; of files `<namespace>/<TLSContext>/file` or `<namespace>/<Host>/host/file`. */
  readonly name: string;
  readonly keyPair: KeyPair | KeyPairFiles;
  readonly origins: readonly Origin[];
}

/** Paths on Envoy’s machine. */
export interface KeyPairFiles {
  readonly chainFile: string;
  readonly keyFile: string;
}

/** CA certificates that peers are verified against, with the lists of what they revoked, delivered over SDS. */
export interface ValidationContextSecret {
  readonly type: 'validation_context';
  /** `<where the CAs are from>/ca` (several Secrets joined by `+`), and with lists `<the same>/ca/crl/<where the lists are from>`. */
  readonly name: string;
  /** The PEM bundle, a path on Envoy’s machine, or the trust store of that machine (`verify.trust: system`). */
  readonly trust: TrustBundle | File | 'system';
  /** Absent: no certificate of these CAs counts as revoked. */
  readonly revocation?: Revocation | File;
  readonly origins: readonly Origin[];
}

/** A path on Envoy’s machine. */
export interface File {
  readonly file: string;
}

export type Secret = TlsCertificateSecret | ValidationContextSecret;
