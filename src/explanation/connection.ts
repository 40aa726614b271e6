import type { Cluster } from '../ir/cluster';
import { isForeign } from '../ir/foreign-secret';

/** How a cluster connects to its upstream, as far as a failure depends on it. */
export interface UpstreamConnection {
  readonly tls: 'none' | 'without certificate' | 'with certificate';
  /** Subject alternative names of which the upstream’s certificate must have one, in words; empty: any. */
  readonly expectedNames: readonly string[];
  /** Socket of the SDS server that certificate and roots come from, where that is not the control plane. */
  readonly secretsFrom?: string;
}

export function connectionOf({ tls }: Cluster): UpstreamConnection {
  if (tls === undefined) return { tls: 'none', expectedNames: [] };
  const foreign = [tls.clientCertificate, tls.verification?.trustedCa].find(isForeign);
  return {
    ...(foreign !== undefined && { secretsFrom: foreign.socket }),
    tls: tls.clientCertificate === undefined ? 'without certificate' : 'with certificate',
    expectedNames: (tls.verification?.subjectAltNames ?? []).map(({ type, match, value }) =>
      match === 'exact' ? `${type} ${value}` : `${type} ${match} ${value}`,
    ),
  };
}
