import type { Certificate } from './certificate';

/** As what a certificate is presented. */
export type TlsRole = 'client' | 'server';

const OIDS: Readonly<Record<TlsRole, string>> = { client: '1.3.6.1.5.5.7.3.2', server: '1.3.6.1.5.5.7.3.1' };

/** Whether a peer like Envoy takes the certificate in that role: no extended key usage, or the one of the role (RFC 5280 §4.2.1.12). */
export function isFor({ extendedKeyUsages }: Certificate, role: TlsRole): boolean {
  return extendedKeyUsages === undefined || extendedKeyUsages.includes(OIDS[role]);
}
