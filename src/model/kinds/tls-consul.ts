import { Type } from '@sinclair/typebox';
import { strictObject } from './kind-model';

/** `TLSContext.spec.consul`: an identity in Consul Connect. */
export const tlsConsul = Type.Optional(
  strictObject(
    {
      resolver: Type.String({
        minLength: 1,
        description: 'Name of the ConsulResolver whose Consul issues the certificate.',
        'x-selects': 'the Consul that is asked',
      }),
      service: Type.String({
        minLength: 1,
        maxLength: 63,
        pattern: '^[a-z0-9]([a-z0-9-]*[a-z0-9])?$',
        description:
          'a DNS label: the service that we are to Consul, such as `edge`, which intentions name as the source',
        'x-selects': 'the certificate (leaf) that Consul issues',
      }),
    },
    {
      description:
        'To upstreams of Consul Connect: the certificate and all roots come from Consul itself, and the upstream must be the service that a Mapping means, by its SPIFFE ID. Instead of Secrets, files, `verify` and `sni`.',
      'x-envoy':
        'tls_certificate_sds_secret_configs, validation_context_sds_secret_config, match_typed_subject_alt_names, sni',
      'x-ambassador':
        'Addition: instead of a connector that writes a Secret, with which nothing verifies who the upstream is.',
    },
  ),
);
