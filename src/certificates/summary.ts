import type { Certificate } from './certificate';
import type { KeyPair } from './key-pair';
import type { TrustBundle } from './trust-bundle';

/** What metrics and status show about a KeyPair or TrustBundle: plain data, public, JSON as it stands. */
export interface CertificateSummary {
  /** The leaf's, or the first CA's. */
  readonly subject: string;
  readonly issuer: string;
  /** Lower-case hex, as Envoy's `/certs` prints it. */
  readonly serial: string;
  /** SHA-256 of the certificate in lower-case hex. */
  readonly fingerprint: string;
  /** As `dns:edge.example` or `uri:spiffe://…`. */
  readonly subjectAltNames: readonly string[];
  /** ISO 8601. */
  readonly notBefore: string;
  /** ISO 8601; the earliest end of all certificates that must be valid for this to work: when to renew. */
  readonly notAfter: string;
}

/** For a KeyPair the chain ends with its first expiry, for a TrustBundle with its last: one valid CA keeps it working. */
export function summarise(value: KeyPair | TrustBundle): CertificateSummary | undefined {
  const [first] = value.certificates;
  if (!first) return undefined;
  const ends = value.certificates
    .filter((certificate, index) => !('chainPem' in value) || index === 0 || !certificate.selfSigned)
    .map(({ notAfter }) => notAfter.getTime());
  const notAfter = 'chainPem' in value ? Math.min(...ends) : Math.max(...ends);
  return {
    subject: first.subject,
    issuer: first.issuer,
    serial: first.serial,
    fingerprint: first.fingerprint,
    subjectAltNames: namesOf(first),
    notBefore: first.notBefore.toISOString(),
    notAfter: new Date(notAfter).toISOString(),
  };
}

function namesOf({ subjectAltNames }: Certificate): string[] {
  return subjectAltNames.map(({ type, value }) => `${type}:${value}`);
}
