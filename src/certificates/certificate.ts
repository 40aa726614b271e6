import { type KeyObject, X509Certificate } from 'node:crypto';
import { isPlain } from './public-key-info';
import { RecentCertificates } from './recent-certificates';
import { readTbs, type SubjectAltName, type Tbs } from './tbs';

export type { SubjectAltName } from './tbs';

export interface PublicKeyKind {
  /** As Node names it: `rsa`, `ec`, `ed25519`, …; `unknown` where OpenSSL cannot read the key. */
  readonly type: string;
  /** Modulus length of an RSA key. */
  readonly bits?: number;
  /** The curve of an EC key as OpenSSL names it, such as `prime256v1`. */
  readonly curve?: string;
}

/** What Countersign knows about an X.509 certificate (RFC 5280). Public data only. */
export interface Certificate {
  /** On one line, such as `CN=edge, O=Example`, control characters escaped. */
  readonly subject: string;
  readonly issuer: string;
  /** Lower-case hex, as Envoy's `/certs` prints it. */
  readonly serial: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly subjectAltNames: readonly SubjectAltName[];
  /** May issue certificates: `basicConstraints CA:TRUE`, and `keyCertSign` if it has key usages. */
  readonly isCa: boolean;
  /** OIDs of the extended key usage; undefined: for anything. */
  readonly extendedKeyUsages?: readonly string[];
  /** Issued by itself; true for roots. */
  readonly selfSigned: boolean;
  /** The X.509 version, 1 to 3. Version 1 has no extensions and so no CA flag. */
  readonly version: number;
  readonly publicKey: PublicKeyKind;
  /** SHA-256 of the certificate in lower-case hex, as `Hash=` in Envoy's `x-forwarded-client-cert`. */
  readonly fingerprint: string;
  /** Such as `ecdsa-with-SHA256`; the dotted OID if it is none of the usual ones. */
  readonly signatureAlgorithm: string;
}

/** A certificate with the handle that checks need. Stays inside this room. */
export interface ParsedCertificate {
  readonly certificate: Certificate;
  readonly x509: X509Certificate;
  /** Undefined if OpenSSL cannot read it, or if it is not encoded as BoringSSL demands. */
  readonly key: KeyObject | undefined;
  readonly tbs: Tbs;
}

const recent = new RecentCertificates<ParsedCertificate | undefined>();

/** Reads one certificate in DER; undefined if it is not well-formed. `x509`: what OpenSSL made of it, where it is known. */
export function parseCertificate(der: Buffer, x509?: X509Certificate): ParsedCertificate | undefined {
  return recent.get(der, () => parse(der, x509 ?? readX509(der)));
}

function readX509(der: Buffer): X509Certificate | undefined {
  try {
    return new X509Certificate(der);
  } catch {
    return undefined;
  }
}

function parse(der: Buffer, x509: X509Certificate | undefined): ParsedCertificate | undefined {
  if (x509 === undefined) return undefined;
  // OpenSSL reads past some encodings that BoringSSL refuses, and stops before trailing bytes.
  if (!x509.raw.equals(der)) return undefined;
  const tbs = readTbs(der);
  const notBefore = new Date(x509.validFrom);
  const notAfter = new Date(x509.validTo);
  if (!tbs || Number.isNaN(notBefore.getTime()) || Number.isNaN(notAfter.getTime())) return undefined;
  // Of a client nobody asks for its key: the handshake has used it.
  const key = once(() => publicKeyOf(x509, tbs));
  const subject = oneLine(x509.subject);
  // What Node calls keyUsage are the extended ones.
  const extendedKeyUsages = x509.keyUsage as readonly string[] | undefined;
  return {
    x509,
    get key() {
      return key();
    },
    tbs,
    certificate: {
      subject,
      issuer: oneLine(x509.issuer),
      serial: x509.serialNumber.toLowerCase(),
      notBefore,
      notAfter,
      subjectAltNames: tbs.subjectAltNames,
      ...(extendedKeyUsages !== undefined && { extendedKeyUsages }),
      isCa: x509.ca && tbs.maySignCertificates,
      selfSigned: x509.checkIssued(x509) && verifies(x509, key()),
      version: tbs.version,
      get publicKey() {
        return kindOf(key());
      },
      fingerprint: x509.fingerprint256.replaceAll(':', '').toLowerCase(),
      signatureAlgorithm: tbs.signatureAlgorithm,
    },
  };
}

/** What one DER certificate says; undefined if it is not well-formed. */
export function readCertificate(der: Buffer): Certificate | undefined {
  return parseCertificate(der)?.certificate;
}

/** True if `issuer` issued `subject`: names and key identifiers agree and the signature verifies. */
export function isIssuedBy(subject: ParsedCertificate, issuer: ParsedCertificate): boolean {
  return subject.x509.checkIssued(issuer.x509) && verifies(subject.x509, issuer.key);
}

function verifies(x509: X509Certificate, key: KeyObject | undefined): boolean {
  try {
    return key !== undefined && x509.verify(key);
  } catch {
    return false;
  }
}

function publicKeyOf(x509: X509Certificate, { publicKeyInfo }: Tbs): KeyObject | undefined {
  try {
    const key = x509.publicKey;
    return isPlain(publicKeyInfo, key) ? key : undefined;
  } catch {
    return undefined;
  }
}

function kindOf(key: KeyObject | undefined): PublicKeyKind {
  const details = key?.asymmetricKeyDetails;
  return {
    type: key?.asymmetricKeyType ?? 'unknown',
    ...(details?.modulusLength !== undefined && { bits: details.modulusLength }),
    ...(details?.namedCurve !== undefined && { curve: details.namedCurve }),
  };
}

/** Node gives one name attribute per line. What a certificate says is foreign text: it must not drive a terminal or break a log line. */
function oneLine(name: string | undefined): string {
  const line = (name ?? '').split('\n').join(', ');
  return line.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
}

function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined;
  return () => (made ??= { value: make() }).value;
}
