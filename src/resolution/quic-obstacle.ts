import type { Definition } from '../model/definition';
import type { Definitions } from '../model/definitions';
import { hostTls } from './host-tls';
import { downstreamTrust } from './trust';

/**
 * Why a Host with TLS cannot be served over HTTP/3, as the second half of a sentence; undefined where it can. Not every Envoy
 * asks for client certificates over QUIC, and one that does not lets everybody in without a word.
 */
export function quicObstacle(host: Definition<'Host'>, definitions: Definitions): string | undefined {
  const tls = hostTls(host, definitions);
  if (tls === undefined) return undefined;
  const { settings, owner, path, certificate } = tls;
  if (settings.cert_required === true || downstreamTrust(owner, settings, path, certificate, definitions) !== undefined)
    return 'client certificates are not verified over QUIC';
  const { max_tls_version: max } = settings;
  return max === undefined || max === 'v1.3' ? undefined : `QUIC needs TLS 1.3, and max_tls_version is ${max}`;
}
