import type { TlsParameters as Input, TlsVersion } from '../ir/tls';
import type { EnvoyMessages } from '../protos';

type TlsParameters = EnvoyMessages['envoy.extensions.transport_sockets.tls.v3.TlsParameters'];

const VERSIONS: readonly TlsVersion[] = ['v1.0', 'v1.1', 'v1.2', 'v1.3'];
const PROTOCOLS = { 'v1.0': 'TLSv1_0', 'v1.1': 'TLSv1_1', 'v1.2': 'TLSv1_2', 'v1.3': 'TLSv1_3' } as const;

/** What Envoy offers when nothing is set (TlsParameters, API reference); as a client it stops at TLS 1.2. */
export const CLIENT_DEFAULTS = { min: 'v1.2', max: 'v1.2' } as const;
export const SERVER_DEFAULTS = { min: 'v1.2', max: 'v1.3' } as const;

/** Undefined where Envoy's defaults are wanted throughout. */
export function tlsParameters(
  input: Input,
  defaults: { readonly min: TlsVersion; readonly max: TlsVersion },
): TlsParameters | undefined {
  // One bound alone may lie beyond the default of the other; no version at all would be left.
  const min = input.minVersion ?? (below(input.maxVersion, defaults.min) ? input.maxVersion : undefined);
  const max = input.maxVersion ?? (below(defaults.max, input.minVersion) ? input.minVersion : undefined);
  const parameters: TlsParameters = {
    ...(min !== undefined && { tls_minimum_protocol_version: PROTOCOLS[min] }),
    ...(max !== undefined && { tls_maximum_protocol_version: PROTOCOLS[max] }),
    ...(input.cipherSuites.length > 0 && { cipher_suites: [...input.cipherSuites] }),
    ...(input.ecdhCurves.length > 0 && { ecdh_curves: [...input.ecdhCurves] }),
  };
  return Object.keys(parameters).length > 0 ? parameters : undefined;
}

function below(left: TlsVersion | undefined, right: TlsVersion | undefined): boolean {
  return left !== undefined && right !== undefined && VERSIONS.indexOf(left) < VERSIONS.indexOf(right);
}
