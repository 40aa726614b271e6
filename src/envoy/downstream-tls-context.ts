import type { DownstreamTls } from '../ir/tls';
import { any, type EnvoyMessages } from '../protos';
import { commonTlsContext } from './common-tls-context';
import { overAds, type SecretReference } from './sds';
import { SERVER_DEFAULTS } from './tls-parameters';

type TransportSocket = EnvoyMessages['envoy.config.core.v3.TransportSocket'];
type DownstreamTlsContext = EnvoyMessages['envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext'];

/** TLS towards the client, as the transport socket of a filter chain. */
export function downstreamTlsSocket(tls: DownstreamTls, secret: SecretReference = overAds): TransportSocket {
  return {
    name: 'envoy.transport_sockets.tls',
    typed_config: any(
      'envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext',
      downstreamTlsContext(tls, secret),
    ),
  };
}

/** The same as part of QUIC (Envoy, "HTTP/3 overview"). */
export function quicSocket(tls: DownstreamTls, secret: SecretReference = overAds): TransportSocket {
  return {
    name: 'envoy.transport_sockets.quic',
    typed_config: any('envoy.extensions.transport_sockets.quic.v3.QuicDownstreamTransport', {
      downstream_tls_context: downstreamTlsContext(tls, secret),
    }),
  };
}

function downstreamTlsContext(tls: DownstreamTls, secret: SecretReference): DownstreamTlsContext {
  return {
    common_tls_context: commonTlsContext(tls, SERVER_DEFAULTS, tls.certificate, tls.verification, secret),
    ...(tls.requireClientCertificate && { require_client_certificate: { value: true } }),
  };
}
