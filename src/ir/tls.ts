import type { SecretSource } from './foreign-secret';

export type TlsVersion = 'v1.0' | 'v1.1' | 'v1.2' | 'v1.3';

/** What both directions share. Unset means Envoy's default. */
export interface TlsParameters {
  readonly minVersion?: TlsVersion;
  readonly maxVersion?: TlsVersion;
  readonly cipherSuites: readonly string[];
  readonly ecdhCurves: readonly string[];
  /** Split and trimmed, in order of preference. */
  readonly alpnProtocols: readonly string[];
}

/** One accepted subject alternative name of the peer. */
export interface SubjectAltNameMatcher {
  readonly type: 'dns' | 'uri' | 'email' | 'ip';
  readonly match: 'exact' | 'prefix' | 'suffix' | 'regex';
  readonly value: string;
}

/** How the peer's certificate is verified. */
export interface PeerVerification {
  /** The ValidationContextSecret; of another SDS server only towards upstreams. */
  readonly trustedCa: SecretSource;
  /** Any one of these must match; empty accepts every certificate of the CA. */
  readonly subjectAltNames: readonly SubjectAltNameMatcher[];
}

/** TLS towards the upstream. */
export interface UpstreamTls extends TlsParameters {
  /** The TlsCertificateSecret presented to the upstream. */
  readonly clientCertificate?: SecretSource;
  /** Absent: the upstream is not verified at all, as in Ambassador without a CA. */
  readonly verification?: PeerVerification;
  readonly sni?: string;
  /** Endpoints that are marked as such (`Endpoint.plaintext`) are reached in cleartext. */
  readonly exceptMarked?: true;
}

/** TLS towards the client. */
export interface DownstreamTls extends TlsParameters {
  /** Name of the TlsCertificateSecret served to clients. */
  readonly certificate: string;
  readonly verification?: PeerVerification;
  readonly requireClientCertificate: boolean;
}
