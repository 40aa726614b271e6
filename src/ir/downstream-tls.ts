import type { Definitions } from '../model/definitions';
import { demandsClientCertificate } from '../resolution/client-certificates';
import type { HostTls } from '../resolution/host-tls';
import { downstreamTrust } from '../resolution/trust';
import { type Origin, originOf } from './origin';
import type { SecretCollector } from './secret-collector';
import type { DownstreamTls } from './tls';
import { subjectAltNames, tlsParameters } from './tls-parameters';

/** What a Host’s TLS settings mean for the connection from a client. `sni` means nothing there. */
export function downstreamTls(hostTls: HostTls, definitions: Definitions, secrets: SecretCollector): DownstreamTls {
  const { settings, owner, path, certificate } = hostTls;
  const trust = downstreamTrust(owner, settings, path, certificate, definitions);
  return {
    ...tlsParameters(settings),
    certificate: secrets.keyPair(certificate),
    requireClientCertificate: demandsClientCertificate(hostTls, definitions),
    ...(trust !== undefined && {
      verification: { trustedCa: secrets.trust(trust), subjectAltNames: subjectAltNames(settings) },
    }),
  };
}

/** The TLSContext that the settings stand in, if they do not stand in the Host. */
export function contextOrigins({ owner }: HostTls): readonly Origin[] {
  return owner.kind === 'TLSContext' ? [originOf(owner)] : [];
}

/**
 * The part of it that QUIC takes. Its TLS is 1.3 with the protocol `h3` and suites of its own (RFC 9001 §4.2, RFC 9114 §3.1); a
 * Host that would want another version or client certificates is not served by it.
 */
export function quicTls({ certificate }: DownstreamTls): DownstreamTls {
  return { certificate, cipherSuites: [], ecdhCurves: [], alpnProtocols: [], requireClientCertificate: false };
}
