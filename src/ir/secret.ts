import type { KeyPair, TrustBundle } from '../certificates';
import type { Origin } from './origin';

/** A certificate chain with its private key, delivered over SDS as `<namespace>/<name>`. */
export interface TlsCertificateSecret {
  readonly type: 'tls_certificate';
  readonly name: string;
  readonly keyPair: KeyPair;
  readonly origins: readonly Origin[];
}

/** CA certificates that peers are verified against, delivered over SDS as `<namespace>/<name>/ca`. */
export interface ValidationContextSecret {
  readonly type: 'validation_context';
  readonly name: string;
  /** The PEM bundle, or the trust store of the machine that Envoy runs on (`verify.trust: system`). */
  readonly trust: TrustBundle | 'system';
  readonly origins: readonly Origin[];
}

export type Secret = TlsCertificateSecret | ValidationContextSecret;
