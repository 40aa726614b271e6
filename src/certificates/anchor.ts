import { type Certificate, isIssuedBy, type ParsedCertificate } from './certificate';
import { readCertificates } from './certificate-list';
import type { KeyPair } from './key-pair';
import type { TrustBundle } from './trust-bundle';

/**
 * The CAs of a bundle that a presented chain leads to, whatever the dates: every one that is itself in the chain or has issued a
 * certificate of it. Empty where peers that trust the bundle refuse the chain as one of an unknown CA. Envoy takes each certificate of
 * a bundle for an anchor, intermediates included.
 */
export function anchorsOfChain({ chainPem }: KeyPair, bundle: TrustBundle): readonly Certificate[] {
  const chain = readCertificates(Buffer.from(chainPem), 'chain').certificates;
  const anchors = readCertificates(Buffer.from(bundle.pem), 'bundle').certificates;
  return anchors
    .filter((anchor) => chain.some((member) => leadsTo(member, anchor)))
    .map(({ certificate }) => certificate);
}

function leadsTo(member: ParsedCertificate, anchor: ParsedCertificate): boolean {
  return member.certificate.fingerprint === anchor.certificate.fingerprint || isIssuedBy(member, anchor);
}
