import type { ClientCertificateDetails } from '../ir/client-certificate-details';
import type { EnvoyMessages } from '../protos';

type HttpConnectionManager =
  EnvoyMessages['envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager'];

const MODES = {
  sanitize: 'SANITIZE',
  forward_only: 'FORWARD_ONLY',
  append_forward: 'APPEND_FORWARD',
  sanitize_set: 'SANITIZE_SET',
  always_forward_only: 'ALWAYS_FORWARD_ONLY',
} as const;

/** What the upstream learns of the client's certificate, as fields of the connection manager. */
export function clientCertificateDetails({ forward, set }: ClientCertificateDetails): HttpConnectionManager {
  const parts = {
    ...(set.subject && { subject: { value: true } }),
    ...(set.cert && { cert: true }),
    ...(set.chain && { chain: true }),
    ...(set.dns && { dns: true }),
    ...(set.uri && { uri: true }),
  };
  const writes = forward === 'sanitize_set' || forward === 'append_forward';
  return {
    forward_client_cert_details: MODES[forward],
    ...(writes && Object.keys(parts).length > 0 && { set_current_client_cert_details: parts }),
  };
}
