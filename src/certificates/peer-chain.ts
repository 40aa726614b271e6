import { isIssuedBy, type Certificate, type ParsedCertificate } from './certificate';
import { readCertificates } from './certificate-list';
import { isFor, type TlsRole } from './purpose';
import type { Revocation } from './revocation';
import { isSignedBy, revokes } from './revocation-list';
import type { TrustBundle } from './trust-bundle';

/** What a peer shows in a handshake: who it is, and why it is not believed, if it is not. */
export interface PeerVerdict {
  readonly leaf?: Certificate;
  /** For people; undefined where the chain leads to a certificate of the bundle. */
  readonly refusal?: string;
}

/**
 * Judges a peer’s chain (PEM, the leaf first) as Envoy does in a handshake: it must lead to any certificate of the bundle,
 * intermediates included, every certificate on the way must be valid at that moment, and the leaf must be for this use. Where there are
 * revocation lists, each issuer needs a current one, which does not name what it issued. Names are another question.
 */
export function judgePeer(
  chainPem: string,
  bundle: TrustBundle,
  use: TlsRole,
  at: Date,
  revocation?: Revocation,
): PeerVerdict {
  const [leaf, ...untrusted] = readCertificates(Buffer.from(chainPem), 'certificate').certificates;
  if (leaf === undefined) return { refusal: 'no certificate can be read' };
  const { certificate } = leaf;
  if (!isFor(certificate, use)) {
    return { leaf: certificate, refusal: `the certificate is not for a TLS ${use}` };
  }
  const anchors = readCertificates(Buffer.from(bundle.pem), 'bundle').certificates;
  const refusal = chainRefusal(leaf, untrusted, anchors, at, revocation);
  return { leaf: certificate, ...(refusal !== undefined && { refusal }) };
}

function chainRefusal(
  subject: ParsedCertificate,
  untrusted: readonly ParsedCertificate[],
  anchors: readonly ParsedCertificate[],
  at: Date,
  revocation: Revocation | undefined,
): string | undefined {
  const { notBefore, notAfter, subject: name, fingerprint } = subject.certificate;
  if (at < notBefore) return `${name} is not valid before ${notBefore.toISOString()}`;
  if (at > notAfter) return `${name} expired on ${notAfter.toISOString()}`;
  if (anchors.some(({ certificate }) => certificate.fingerprint === fingerprint)) return undefined;
  const trusted = anchors.find((candidate) => mayHaveIssued(candidate, subject));
  const issuer = trusted ?? untrusted.find((candidate) => mayHaveIssued(candidate, subject));
  if (issuer === undefined) return `no certificate of the bundle has issued ${name}`;
  const revoked = revocation && revocationRefusal(subject, issuer, revocation, at);
  if (revoked !== undefined) return revoked;
  return chainRefusal(
    issuer,
    untrusted.filter((other) => other !== issuer),
    anchors,
    at,
    revocation,
  );
}

function revocationRefusal(
  subject: ParsedCertificate,
  issuer: ParsedCertificate,
  { lists }: Revocation,
  at: Date,
): string | undefined {
  const list = lists.find((candidate) => candidate.issuer === issuer.tbs.subject && isSignedBy(candidate, issuer));
  if (list === undefined) return `there is no revocation list of ${issuer.certificate.subject}`;
  if (at < list.thisUpdate || (list.nextUpdate !== undefined && at > list.nextUpdate))
    return `the revocation list of ${issuer.certificate.subject} is out of date`;
  const { subject: name, serial } = subject.certificate;
  return revokes(list, serial) ? `${name} is revoked` : undefined;
}

/** A version 1 certificate has no place for a CA flag; a self-signed one passes for a root. */
function mayHaveIssued(issuer: ParsedCertificate, subject: ParsedCertificate): boolean {
  const { isCa, version, selfSigned } = issuer.certificate;
  return (isCa || (version === 1 && selfSigned)) && isIssuedBy(subject, issuer);
}
