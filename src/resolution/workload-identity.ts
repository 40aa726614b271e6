import type { Definition } from '../model/definition';

/** The certificate and the roots that Envoy gets from an SDS server on its own machine. */
export interface WorkloadIdentity {
  /** The field of the TLSContext that says so. */
  readonly field: 'istio' | 'spiffe';
  /** Absolute path of the server’s Unix domain socket. */
  readonly socket: string;
  /** Names of the SDS resources. */
  readonly certificate: string;
  readonly roots: string;
  readonly trustDomain: string;
}

/** What an SDS server calls the certificate of whoever asks; istio-agent and SPIRE Agent agree. */
const OWN_CERTIFICATE = 'default';
/** What istio-agent calls the roots of the mesh. */
const ISTIO_ROOTS = 'ROOTCA';
const ISTIO_TRUST_DOMAIN = 'cluster.local';

export const SOCKET_SCHEME = 'unix://';

/** Undefined where the TLSContext has neither `istio` nor `spiffe`. */
export function workloadIdentity({ spec }: Definition<'TLSContext'>): WorkloadIdentity | undefined {
  const { istio, spiffe } = spec;
  if (istio !== undefined)
    return {
      field: 'istio',
      socket: istio.sds.slice(SOCKET_SCHEME.length),
      certificate: OWN_CERTIFICATE,
      roots: ISTIO_ROOTS,
      trustDomain: istio.trust_domain ?? ISTIO_TRUST_DOMAIN,
    };
  if (spiffe === undefined) return undefined;
  return {
    field: 'spiffe',
    socket: spiffe.sds.slice(SOCKET_SCHEME.length),
    certificate: spiffe.id ?? OWN_CERTIFICATE,
    // SPIRE Agent, "Envoy SDS Support": the bundle of a trust domain has its SPIFFE ID for a name.
    roots: `spiffe://${spiffe.trust_domain}`,
    trustDomain: spiffe.trust_domain,
  };
}
