import type { Certificate } from '../certificates';

/** Whom a client certificate names. Its subject says nothing here: the CN is no name of a workload (RFC 9525 §2). */
export interface PeerIdentity {
  /** The SPIFFE ID in the URI SAN, such as `spiffe://example.org/edge`. */
  readonly spiffeId?: string;
  /** The DNS SANs, in lower case. */
  readonly dnsNames: readonly string[];
}

const TRUST_DOMAIN = /^[a-z0-9._-]{1,255}$/;
const SEGMENT = /^[a-zA-Z0-9._-]+$/;
const MAX_SPIFFE_ID = 2048;

/**
 * The identity in a client certificate, or, as text for people, why it names nobody: a certificate with a SPIFFE ID must have no
 * other URI (X.509-SVID, "URI SAN"), the ID must be well-formed (SPIFFE-ID, §2) and have a path, and the certificate must be none of a
 * CA: those have the ID of a trust domain, and sign for workloads instead of being one (X.509-SVID, "Leaf Certificates").
 */
export function readPeerIdentity({
  subjectAltNames,
  isCa,
}: Pick<Certificate, 'subjectAltNames' | 'isCa'>): PeerIdentity | string {
  const uris = subjectAltNames.filter(({ type }) => type === 'uri').map(({ value }) => value);
  const dnsNames = subjectAltNames.filter(({ type }) => type === 'dns').map(({ value }) => value.toLowerCase());
  if (!uris.some((uri) => /^spiffe:/i.test(uri))) return { dnsNames };
  const [spiffeId] = uris;
  if (uris.length > 1 || spiffeId === undefined) return 'the certificate has a SPIFFE ID beside another URI';
  if (!isSpiffeId(spiffeId)) return 'the SPIFFE ID of the certificate is malformed';
  if (isCa) return 'the certificate with a SPIFFE ID is one of a CA';
  if (spiffeId.split('/').length < 4) return 'the SPIFFE ID of the certificate is that of a whole trust domain';
  return { spiffeId, dnsNames };
}

/** Whether a text is a SPIFFE ID in its one canonical form, so that equal texts are equal identities. */
export function isSpiffeId(text: string): boolean {
  const [scheme, nothing, trustDomain = '', ...segments] = text.split('/');
  return (
    text.length <= MAX_SPIFFE_ID &&
    scheme === 'spiffe:' &&
    nothing === '' &&
    TRUST_DOMAIN.test(trustDomain) &&
    segments.every((segment) => SEGMENT.test(segment) && segment !== '.' && segment !== '..')
  );
}

/** For logs: the SPIFFE ID, else the DNS names. */
export function describeIdentity({ spiffeId, dnsNames }: PeerIdentity): string {
  return (
    spiffeId ?? (dnsNames.length > 0 ? dnsNames.map((name) => `dns:${name}`).join(' ') : 'no SPIFFE ID or DNS name')
  );
}
