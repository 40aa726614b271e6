import type { X509Certificate } from 'node:crypto';
import { isIssuedBy, parseCertificate, type Certificate, type ParsedCertificate } from './certificate';
import { readCertificates } from './certificate-list';
import { casAmong, isSelfIssued } from './chain';
import { forbiddenName } from './name-constraints';
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
 * revocation lists, each issuer needs a current one, which does not name what it issued. What the issuers say of the length of the path and
 * of names must hold. Whether the names are the wanted ones is another question.
 */
export function judgePeer(
  chainPem: string,
  bundle: TrustBundle,
  use: TlsRole,
  at: Date,
  revocation?: Revocation,
): PeerVerdict {
  return judge(readCertificates(Buffer.from(chainPem), 'certificate').certificates, bundle, use, at, revocation);
}

/** As `judgePeer`, of a chain in DER or as OpenSSL has read it, the leaf first. */
export function judgePeerChain(
  chain: readonly (Buffer | X509Certificate)[],
  bundle: TrustBundle,
  use: TlsRole,
  at: Date,
  revocation?: Revocation,
): PeerVerdict {
  const certificates = chain
    .map((link) => (Buffer.isBuffer(link) ? parseCertificate(link) : parseCertificate(link.raw, link)))
    .filter((certificate) => certificate !== undefined);
  return judge(certificates.length === chain.length ? certificates : [], bundle, use, at, revocation);
}

const anchorsOfBundles = new WeakMap<TrustBundle, readonly ParsedCertificate[]>();

/** Read once for a bundle: a thousand clients are held against the same one. */
function anchorsOf(bundle: TrustBundle): readonly ParsedCertificate[] {
  let anchors = anchorsOfBundles.get(bundle);
  if (anchors === undefined) {
    anchors = readCertificates(Buffer.from(bundle.pem), 'bundle').certificates;
    anchorsOfBundles.set(bundle, anchors);
  }
  return anchors;
}

function judge(
  [leaf, ...untrusted]: readonly ParsedCertificate[],
  bundle: TrustBundle,
  use: TlsRole,
  at: Date,
  revocation: Revocation | undefined,
): PeerVerdict {
  if (leaf === undefined) return { refusal: 'no certificate can be read' };
  const { certificate } = leaf;
  if (!isFor(certificate, use)) {
    return { leaf: certificate, refusal: `the certificate is not for a TLS ${use}` };
  }
  const refusal = chainRefusal([leaf], untrusted, anchorsOf(bundle), at, revocation);
  return { leaf: certificate, ...(refusal !== undefined && { refusal }) };
}

/** `path` leads from the leaf to the certificate that is to be judged. */
function chainRefusal(
  path: readonly [ParsedCertificate, ...ParsedCertificate[]],
  untrusted: readonly ParsedCertificate[],
  anchors: readonly ParsedCertificate[],
  at: Date,
  revocation: Revocation | undefined,
): string | undefined {
  const subject = path.at(-1) ?? path[0];
  const { notBefore, notAfter, subject: name, fingerprint } = subject.certificate;
  if (at < notBefore) return `${name} is not valid before ${notBefore.toISOString()}`;
  if (at > notAfter) return `${name} expired on ${notAfter.toISOString()}`;
  if (anchors.some(({ certificate }) => certificate.fingerprint === fingerprint)) return constraintRefusal(path);
  const trusted = anchors.find((candidate) => mayHaveIssued(candidate, subject));
  const issuer = trusted ?? untrusted.find((candidate) => mayHaveIssued(candidate, subject));
  if (issuer === undefined) return `no certificate of the bundle has issued ${name}`;
  const revoked = revocation && revocationRefusal(subject, issuer, revocation, at);
  if (revoked !== undefined) return revoked;
  return chainRefusal(
    [...path, issuer],
    untrusted.filter((other) => other !== issuer),
    anchors,
    at,
    revocation,
  );
}

/** Of a self-issued CA, as a root is, BoringSSL does not look at the path length. */
function constraintRefusal(path: readonly ParsedCertificate[]): string | undefined {
  for (const [index, { certificate, tbs }] of path.entries()) {
    if (index === 0) continue;
    const below = path.slice(0, index);
    const { pathLength, nameConstraints } = tbs;
    if (pathLength !== undefined && !isSelfIssued(certificate) && casAmong(below) > pathLength)
      return `${certificate.subject} allows fewer CAs below it than there are`;
    if (nameConstraints === undefined) continue;
    for (const { certificate: lower } of below) {
      const name = forbiddenName(lower.subjectAltNames, nameConstraints);
      if (name !== undefined) return `${certificate.subject} may not issue certificates for ${name.type}:${name.value}`;
    }
  }
  return undefined;
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
