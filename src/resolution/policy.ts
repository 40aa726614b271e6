import type { Selection } from './selection';

/** What the operator decides for all definitions. */
export interface Policy {
  /** Turns each "this is not verified" warning into an error, and forces secret validation. */
  readonly strict: boolean;
  /** `AMBASSADOR_FORCE_SECRET_VALIDATION`: a Host with an invalid Secret is disabled entirely, cleartext included. */
  readonly forceSecretValidation: boolean;
  /** `AMBASSADOR_NAMESPACE`: services named without a namespace by Mappings of this one stay unqualified. */
  readonly installNamespace: string;
  /** Which definitions are read; absent: all. */
  readonly selection?: Selection;
  /** `AMBASSADOR_ID`: the only node group that is served; absent: every group that a definition names. */
  readonly ambassadorId?: string;
  /** `AMBASSADOR_ENVOY_BIND_ADDRESS`: the IP address that Listeners bind; default every IPv4 address. */
  readonly bindAddress?: string;
  /** Consul is asked for what definitions need of it; otherwise that it has not answered is no error. */
  readonly asksConsul?: boolean;
}

/** Every IPv4 address: what Listeners bind unless told otherwise. */
export const ANY_ADDRESS = '0.0.0.0';

export const DEFAULT_POLICY: Policy = { strict: false, forceSecretValidation: false, installNamespace: 'default' };

/** The IP address that Listeners bind, and TCPMappings that name none. */
export function bindAddressOf({ bindAddress }: Policy): string {
  return bindAddress ?? ANY_ADDRESS;
}
