import type { SecretSource } from '../ir/foreign-secret';
import type { PeerVerification, SubjectAltNameMatcher, TlsParameters, TlsVersion } from '../ir/tls';
import type { EnvoyMessages } from '../protos';
import type { SecretReference } from './sds';
import { stringMatcher } from './string-matcher';
import { tlsParameters } from './tls-parameters';

type CommonTlsContext = EnvoyMessages['envoy.extensions.transport_sockets.tls.v3.CommonTlsContext'];
type TypedMatcher = EnvoyMessages['envoy.extensions.transport_sockets.tls.v3.SubjectAltNameMatcher'];

const SAN_TYPES = { dns: 'DNS', uri: 'URI', email: 'EMAIL', ip: 'IP_ADDRESS' } as const;

/** What both directions share. Certificates, keys and CAs are only named here: they travel as Secrets. */
export function commonTlsContext(
  parameters: TlsParameters,
  defaults: { readonly min: TlsVersion; readonly max: TlsVersion },
  certificate: SecretSource | undefined,
  verification: PeerVerification | undefined,
  secret: SecretReference,
): CommonTlsContext {
  const tlsParams = tlsParameters(parameters, defaults);
  return {
    ...(tlsParams !== undefined && { tls_params: tlsParams }),
    ...(parameters.alpnProtocols.length > 0 && { alpn_protocols: [...parameters.alpnProtocols] }),
    ...(certificate !== undefined && { tls_certificate_sds_secret_configs: [secret(certificate)] }),
    ...(verification !== undefined && {
      combined_validation_context: {
        // Envoy merges what the Secret holds into this: the names belong to the TLSContext, the CA to the Secret.
        default_validation_context: {
          ...(verification.subjectAltNames.length > 0 && {
            match_typed_subject_alt_names: verification.subjectAltNames.map(subjectAltName),
          }),
        },
        validation_context_sds_secret_config: secret(verification.trustedCa),
      },
    }),
  };
}

function subjectAltName({ type, match, value }: SubjectAltNameMatcher): TypedMatcher {
  return { san_type: SAN_TYPES[type], matcher: stringMatcher(match, value) };
}
