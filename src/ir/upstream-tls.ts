import type { Definition } from '../model/definition';
import type { Definitions } from '../model/definitions';
import { contextCertificate } from '../resolution/certificate-source';
import { Memo } from '../resolution/memo';
import { upstreamTrust } from '../resolution/trust';
import { type WorkloadIdentity, workloadIdentity } from '../resolution/workload-identity';
import type { SecretCollector } from './secret-collector';
import type { PeerVerification, UpstreamTls } from './tls';
import { subjectAltNames, tlsParameters } from './tls-parameters';

/** TLS without a TLSContext (`https://` alone): no client certificate, no verification, no SNI, as in Ambassador. */
export const UNVERIFIED_TLS: UpstreamTls = { cipherSuites: [], ecdhCurves: [], alpnProtocols: [] };

const meanings = new Memo<Definition<'TLSContext'>, UpstreamTls>();

/**
 * What a TLSContext means for the connection to an upstream; the same object while it means the same. `hosts` and `cert_required` mean
 * nothing there.
 */
export function upstreamTls(
  context: Definition<'TLSContext'>,
  definitions: Definitions,
  secrets: SecretCollector,
): UpstreamTls {
  const identity = workloadIdentity(context);
  if (identity !== undefined) return meanings.get(context, '', [], () => ofWorkload(context, identity));
  const certificate = contextCertificate(context, definitions);
  const trust = upstreamTrust(context, definitions);
  const clientCertificate = certificate && secrets.keyPair(certificate);
  const trustedCa = trust && secrets.trust(trust);
  return meanings.get(context, '', [clientCertificate, trustedCa], () => {
    const sni = context.spec.sni ?? context.spec.verify?.hostname;
    return {
      ...tlsParameters(context.spec),
      ...(clientCertificate !== undefined && { clientCertificate }),
      ...(trustedCa !== undefined && { verification: { trustedCa, subjectAltNames: subjectAltNames(context.spec) } }),
      ...(sni !== undefined && { sni }),
    };
  });
}

/**
 * With what another SDS server supplies. Where no name is given, anybody of the trust domain is accepted. Workloads speak TLS 1.3, which
 * shows nobody else who they are.
 */
function ofWorkload(
  { spec }: Definition<'TLSContext'>,
  { socket, certificate, roots, trustDomain }: WorkloadIdentity,
): UpstreamTls {
  const names = subjectAltNames(spec);
  const sni = spec.sni ?? spec.verify?.hostname;
  const verification: PeerVerification = {
    trustedCa: { socket, name: roots },
    subjectAltNames: names.length > 0 ? names : [{ type: 'uri', match: 'prefix', value: `spiffe://${trustDomain}/` }],
  };
  return {
    ...tlsParameters(spec),
    maxVersion: spec.max_tls_version ?? 'v1.3',
    clientCertificate: { socket, name: certificate },
    verification,
    ...(sni !== undefined && { sni }),
  };
}
