import { type ParsedCertificate, parseCertificate } from './certificate';
import { type Finding, finding } from './finding';
import { readPem } from './pem';

interface CertificateList {
  /** In the order of the text; empty if any of them could not be read. */
  readonly certificates: readonly ParsedCertificate[];
  readonly findings: readonly Finding[];
}

/** The labels that hold a plain certificate; the second is an old name that OpenSSL and BoringSSL still read. */
const CERTIFICATE_LABELS = ['CERTIFICATE', 'X509 CERTIFICATE'];

/** Reads every certificate of a PEM text. One that cannot be read spoils the list: nothing is skipped in silence. */
export function readCertificates(data: Buffer, key: string): CertificateList {
  const pem = readPem(data);
  if (pem.problem !== undefined)
    return { certificates: [], findings: [finding('CS2003', key, `${key} ${pem.problem}`)] };
  const blocks = pem.blocks.filter(({ label }) => CERTIFICATE_LABELS.includes(label));
  const certificates: ParsedCertificate[] = [];
  const findings: Finding[] = [];
  for (const [index, block] of blocks.entries()) {
    const parsed = parseCertificate(block.der);
    if (parsed) certificates.push(parsed);
    else findings.push(finding('CS2005', key, `${nameOf(key, index, blocks.length)} is not a well-formed certificate`));
  }
  if (pem.trailing || blocks.length < pem.blocks.length) {
    findings.push(finding('CS2015', key, `${key} holds more than certificates`));
  }
  return { certificates: certificates.length === blocks.length ? certificates : [], findings };
}

/** How messages call a certificate: `tls.crt`, or `certificate 2 of 3 in tls.crt (CN=…)`. */
export function nameOf(key: string, index: number, count: number, parsed?: ParsedCertificate): string {
  const place = count === 1 ? `the certificate in ${key}` : `certificate ${index + 1} of ${count} in ${key}`;
  return parsed ? `${place} (${shorten(parsed.certificate.subject)})` : place;
}

function shorten(subject: string): string {
  if (subject === '') return 'no subject';
  return subject.length > 80 ? `${subject.slice(0, 79)}…` : subject;
}
