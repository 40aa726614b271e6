import { readCertificates } from './certificate-list';

/** How a server proves that the certificate is its own: it signs, or (before TLS 1.3, without DHE or ECDHE) it decrypts. */
export type KeyExchange = 'signature' | 'encryption';

/** The key usage that the leaf of a chain (PEM) lacks for it; undefined if none. BoringSSL refuses such a server, verified or not. */
export function missingKeyUsage(chainPem: string, exchange: KeyExchange): string | undefined {
  const [leaf] = readCertificates(Buffer.from(chainPem), 'certificate').certificates;
  if (leaf === undefined) return undefined;
  if (exchange === 'signature') return leaf.tbs.maySignHandshakes ? undefined : 'digitalSignature';
  return leaf.tbs.mayEncipherKeys ? undefined : 'keyEncipherment';
}
