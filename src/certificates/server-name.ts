import type { Certificate } from './certificate';

/** The DNS names of a certificate's subject alternative names, in lower case (RFC 6125 §6.4.1). */
export function dnsNamesOf({ subjectAltNames }: Certificate): readonly string[] {
  return subjectAltNames.flatMap(({ type, value }) => (type === 'dns' ? [value.toLowerCase()] : []));
}

/**
 * Whether clients that ask for `hostname` (lower case) take the certificate for it: by its name, or by a wildcard of one label (RFC
 * 6125 §6.4.3). A hostname with a star in it is asked of as a whole, `*` not at all; nor is a certificate without DNS names.
 */
export function isForServer(certificate: Certificate, hostname: string): boolean {
  const names = dnsNamesOf(certificate);
  if (hostname === '*' || names.length === 0 || names.includes(hostname)) return true;
  const dot = hostname.indexOf('.');
  return !hostname.includes('*') && dot > 0 && names.includes(`*${hostname.slice(dot)}`);
}
