import type { Definitions } from '../model/definitions';
import type { HostTls } from './host-tls';
import { downstreamTrust } from './trust';
import { namesPeers } from './peer-names';

/**
 * Whether whoever terminates TLS so lets nobody in without a client certificate: `cert_required`, or a CA and names to accept. Where names
 * are given, Envoy refuses a client without a certificate, whatever `require_client_certificate` says.
 */
export function demandsClientCertificate(tls: HostTls, definitions: Definitions): boolean {
  const { settings, owner, path, certificate } = tls;
  if (settings.cert_required === true) return true;
  if (!namesPeers(settings)) return false;
  return downstreamTrust(owner, settings, path, certificate, definitions) !== undefined;
}
