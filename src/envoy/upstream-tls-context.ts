import type { UpstreamTls } from '../ir/tls';
import { any, type EnvoyMessages } from '../protos';
import { commonTlsContext } from './common-tls-context';
import { memoised } from './memo';
import { overAds, type SecretReference } from './sds';
import { CLIENT_DEFAULTS } from './tls-parameters';

type TransportSocket = EnvoyMessages['envoy.config.core.v3.TransportSocket'];

/** TLS towards the upstream, as the transport socket of a cluster; its secrets come over ADS. Clusters share what is the same. */
export const upstreamTlsSocket = memoised((tls: UpstreamTls): TransportSocket => upstreamTlsSocketWith(tls, overAds));

/** As `upstreamTlsSocket`, with secrets from elsewhere. */
export function upstreamTlsSocketWith(tls: UpstreamTls, secret: SecretReference): TransportSocket {
  return {
    name: 'envoy.transport_sockets.tls',
    typed_config: any('envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext', {
      common_tls_context: commonTlsContext(tls, CLIENT_DEFAULTS, tls.clientCertificate, tls.verification, secret),
      ...(tls.sni !== undefined && { sni: tls.sni }),
      // A resumed session is not verified again: a certificate whose CA was withdrawn would go on being accepted.
      ...(tls.verification !== undefined && { max_session_keys: { value: 0 } }),
    }),
  };
}
