import { readCertificates } from './certificate-list';
import { writePem } from './pem';

/**
 * The chain without what is self-signed behind its leaf: an istio-agent appends all roots of the mesh, of which at most one is that of the
 * chain. Peers use their own copies (RFC 8446 §4.4.2). As it was, if it can’t be read.
 */
export function withoutRoots(pem: Buffer, name: string): Buffer {
  const { certificates } = readCertificates(pem, name);
  const kept = certificates.filter(({ certificate }, index) => index === 0 || !certificate.selfSigned);
  return kept.length === 0 || kept.length === certificates.length
    ? pem
    : Buffer.from(kept.map(({ x509 }) => writePem('CERTIFICATE', x509.raw)).join(''));
}
