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

/** How the peer's certificate is verified. Names refer to Secrets of the same IR. */
export interface PeerVerification {
  /** Name of the ValidationContextSecret. */
  readonly trustedCa: string;
  /** Any one of these must match; empty accepts every certificate of the CA. */
  readonly subjectAltNames: readonly SubjectAltNameMatcher[];
}

/** TLS towards the upstream. */
export interface UpstreamTls extends TlsParameters {
  /** Name of the TlsCertificateSecret presented to the upstream. */
  readonly clientCertificate?: string;
  /** Absent: the upstream is not verified at all, as in Ambassador without a CA. */
  readonly verification?: PeerVerification;
  readonly sni?: string;
}

/** TLS towards the client. */
export interface DownstreamTls extends TlsParameters {
  /** Name of the TlsCertificateSecret served to clients. */
  readonly certificate: string;
  readonly verification?: PeerVerification;
  readonly requireClientCertificate: boolean;
}
