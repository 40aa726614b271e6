import type { KeyObject } from 'node:crypto';
import { isIssuedBy, type ParsedCertificate } from './certificate';
import { nameOf } from './certificate-list';
import { type Finding, finding } from './finding';
import { forbiddenName } from './name-constraints';
import { refusedByPeers, unsupported } from './supported-key';

type Chain = readonly [ParsedCertificate, ...ParsedCertificate[]];

/** In hexadecimal; 20 octets (RFC 5280 §4.1.2.2). */
const MAX_SERIAL_DIGITS = 40;

/** Whether the private key belongs to the leaf. `keyName` is the Secret's key that holds it. */
export function judgeKeyMatch(chain: Chain, key: string, privateKey: KeyObject, keyName: string): Finding[] {
  const owner = chain.findIndex(({ x509 }) => x509.checkPrivateKey(privateKey));
  if (owner === 0) return [];
  if (owner > 0) {
    const message = `${keyName} belongs to ${nameOf(key, owner, chain.length, chain[owner])}, which must come first`;
    return [finding('CS2009', key, message)];
  }
  return [
    finding('CS2004', keyName, `private key ${keyName} does not match ${nameOf(key, 0, chain.length, chain[0])}`),
  ];
}

/** The first certificate: Envoy can serve it and peers can accept it, and it is not a CA. */
export function judgeLeaf(chain: Chain, key: string): Finding[] {
  const [leaf] = chain;
  const name = nameOf(key, 0, chain.length, leaf);
  const problem = unsupported(leaf.key);
  if (problem !== undefined) return [finding('CS2008', key, `${name} ${problem}`)];
  const findings: Finding[] = [];
  const doubt = refusedByPeers(leaf.key);
  if (doubt !== undefined) findings.push(finding('CS2008', key, `${name} ${doubt}`, { severity: 'warning' }));
  if (leaf.certificate.isCa) findings.push(finding('CS2014', key, `${name} is a CA`));
  if (leaf.certificate.serial.replace(/^-/, '').length > MAX_SERIAL_DIGITS)
    findings.push(finding('CS2028', key, `${name} has a serial number of more than 20 octets`));
  if (leaf.tbs.mustStaple) findings.push(finding('CS2020', key, `${name} demands a stapled OCSP response`));
  if (!leaf.tbs.maySignHandshakes) {
    const severity = leaf.certificate.publicKey.type === 'ec' ? 'error' : 'warning';
    findings.push(finding('CS2021', key, `${name} lacks the key usage digitalSignature`, { severity }));
  }
  const named = leaf.tbs.hasCommonName || leaf.certificate.subjectAltNames.some(({ type }) => type !== 'email');
  if (!named) findings.push(finding('CS2022', key, `${name} names neither a host, an IP address nor a URI`));
  return findings;
}

/** Each certificate is issued by the next, and every issuer may issue. Reports the first break only; the rest follows from it. */
export function judgeOrder(chain: Chain, key: string): Finding[] {
  for (const [index, issuer] of chain.entries()) {
    const subject = chain[index - 1];
    if (!subject) continue;
    const [subjectName, issuerName] = [
      nameOf(key, index - 1, chain.length, subject),
      nameOf(key, index, chain.length, issuer),
    ];
    if (!isIssuedBy(subject, issuer)) {
      const right = chain.findIndex((other) => other !== subject && isIssuedBy(subject, other));
      const hint = right < 0 ? 'nor by any other of the chain' : `but by certificate ${right + 1}`;
      return [finding('CS2009', key, `${subjectName} is not issued by ${issuerName}, ${hint}`)];
    }
    // A version 1 certificate has no place for a CA flag; OpenSSL and BoringSSL take a self-signed one for a root.
    if (!issuer.certificate.isCa && !(issuer.certificate.version === 1 && issuer.certificate.selfSigned)) {
      return [finding('CS2017', key, `${issuerName} is not a CA, yet it issued the one before it`)];
    }
  }
  return [];
}

/** What the issuers in the chain say of what is below them: how many CAs, and which names (RFC 5280 §6.1.4). */
export function judgeConstraints(chain: Chain, key: string): Finding[] {
  return chain.flatMap((issuer, index): Finding[] => {
    if (index === 0) return [];
    const { pathLength, nameConstraints } = issuer.tbs;
    const issuerName = nameOf(key, index, chain.length, issuer);
    const below = chain.slice(0, index);
    const cas = casAmong(below);
    const findings: Finding[] = [];
    if (pathLength !== undefined && cas > pathLength) {
      const allowed = pathLength === 0 ? 'no CA' : `${pathLength} CAs at most`;
      findings.push(
        finding(
          'CS2026',
          key,
          `${issuerName} allows ${allowed} below it, and there ${cas === 1 ? 'is 1' : `are ${cas}`}`,
        ),
      );
    }
    const forbidden =
      nameConstraints &&
      below.map(({ certificate }) => forbiddenName(certificate.subjectAltNames, nameConstraints)).find(Boolean);
    if (forbidden !== undefined)
      findings.push(
        finding('CS2027', key, `${issuerName} may not issue certificates for ${forbidden.type}:${forbidden.value}`),
      );
    return findings;
  });
}

/** How many CAs, self-issued ones aside, stand between a leaf, which is the first, and whoever issued the last (RFC 5280 §6.1.4). */
export function casAmong(below: readonly ParsedCertificate[]): number {
  return below.slice(1).filter(({ certificate }) => !isSelfIssued(certificate)).length;
}

export function isSelfIssued({ subject, issuer }: ParsedCertificate['certificate']): boolean {
  return subject === issuer;
}

/** SHA-1 and older. The signature of a root is not looked at by anyone, except where the root itself is the leaf. */
export function judgeSignatures(chain: Chain, key: string): Finding[] {
  return chain.flatMap((parsed, index) => {
    const { selfSigned, signatureAlgorithm } = parsed.certificate;
    if ((selfSigned && index > 0) || !/SHA1$|^(?:sha1|md5|md2)With/.test(signatureAlgorithm)) return [];
    return [finding('CS2010', key, `${nameOf(key, index, chain.length, parsed)} is signed with ${signatureAlgorithm}`)];
  });
}
