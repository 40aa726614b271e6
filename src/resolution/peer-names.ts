import type { TlsSettings } from './tls-secrets';

/** Whether `verify` says which names a peer must have. */
export function namesPeers({ verify }: TlsSettings): boolean {
  return verify?.hostname !== undefined || verify?.subject_alt_names !== undefined || verify?.spiffe_id !== undefined;
}
