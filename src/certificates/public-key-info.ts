import { createHash, type KeyObject } from 'node:crypto';
import { asn1 } from 'node-forge';
import { bitString, bytes, children, parse } from './der';

/**
 * Whether a SubjectPublicKeyInfo (RFC 5280 §4.1.2.7, DER as latin1) has the form that BoringSSL reads. OpenSSL also takes RSA
 * parameters other than NULL (RFC 3279 §2.3.1), BER inside an RSA key, unused bits at its end, and EC points that are at once compressed and not,
 * which SEC 1 calls hybrid. Keys of other kinds pass: they are judged by their kind.
 */
export function isPlain(publicKeyInfo: string, key: KeyObject): boolean {
  const [algorithm, subjectPublicKey] = children(parse(publicKeyInfo));
  const octets = bitString(subjectPublicKey);
  if (!octets.startsWith('\0')) return false;
  if (key.asymmetricKeyType === 'rsa') {
    return bytes(children(algorithm)[1], asn1.Type.NULL) === '' && children(parse(octets.slice(1))).length === 2;
  }
  return key.asymmetricKeyType !== 'ec' || [2, 3, 4].includes(octets.charCodeAt(1));
}

/** SHA-256 in lower-case hex. */
export function fingerprintOf(publicKeyInfo: string): string {
  return createHash('sha256').update(publicKeyInfo, 'latin1').digest('hex');
}
