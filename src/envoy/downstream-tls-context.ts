import type { DownstreamTls } from '../ir/tls';
import { any, type EnvoyMessages } from '../protos';
import { commonTlsContext } from './common-tls-context';
import { overAds, type SecretReference } from './sds';
import { SERVER_DEFAULTS } from './tls-parameters';

type TransportSocket = EnvoyMessages['envoy.config.core.v3.TransportSocket'];

/** TLS towards the client, as the transport socket of a filter chain. */
export function downstreamTlsSocket(tls: DownstreamTls, secret: SecretReference = overAds): TransportSocket {
  return {
    name: 'envoy.transport_sockets.tls',
    typed_config: any('envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext', {
      common_tls_context: commonTlsContext(tls, SERVER_DEFAULTS, tls.certificate, tls.verification, secret),
      ...(tls.requireClientCertificate && { require_client_certificate: { value: true } }),
    }),
  };
}
