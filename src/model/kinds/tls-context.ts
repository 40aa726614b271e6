import { type Static, Type } from '@sinclair/typebox';
import { type Immutable, type KindModel, ambassadorId, strictObject } from './kind-model';
import { tlsConsul } from './tls-consul';
import { ignoredTlsFields, tlsFields } from './tls-fields';
import { workloadIdentityFields } from './workload-identity-fields';

const schema = strictObject({
  ambassador_id: Type.Optional(ambassadorId),
  hosts: Type.Optional(
    Type.Array(Type.String({ minLength: 1 }), {
      description:
        'Hostnames that the context terminates TLS for. Empty: for originating TLS, or filled in by the Host.',
      'x-selects': 'nothing by itself: the Host that names the context must be among them (CS4016)',
    }),
  ),
  secret: Type.Optional(
    Type.String({
      minLength: 1,
      description:
        'Secret with certificate chain and private key: what is presented to clients, or to the upstream. `name` or `name.namespace`.',
      'x-envoy': 'common_tls_context.tls_certificate_sds_secret_configs, as `<namespace>/<name>`',
      'x-ambassador':
        'Better: where the Secret is missing or broken, the Mappings that use the context answer 503; Ambassador sends their requests in plaintext',
    }),
  ),
  secret_namespacing: Type.Optional(
    Type.Boolean({
      description:
        'Whether the last dot in a Secret name separates its namespace. The Module may say otherwise for all.',
      default: true,
      'x-selects': 'the Secrets that are meant',
      'x-ambassador':
        'Better: it is true wherever nothing else is said; a Module without the field turns it off in half of Ambassador',
    }),
  ),
  consul: tlsConsul,
  ...tlsFields,
  ...workloadIdentityFields,
});

/** `TLSContext.spec`; see Ambassador's reference, "TLSContext". */
export type TlsContextSpec = Immutable<Static<typeof schema>>;

export const tlsContext = {
  about: 'Says how TLS is terminated for clients, or originated to an upstream.',
  group: 'getambassador.io',
  versions: ['v3alpha1', 'v2', 'v1'],
  at: 'spec',
  schema,
  strict: true,
  unsupported: {},
  ignored: ignoredTlsFields(''),
} as const satisfies KindModel<typeof schema>;
