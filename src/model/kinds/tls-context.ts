import { type Static, Type } from '@sinclair/typebox';
import { type Immutable, type KindModel, ambassadorId, strictObject } from './kind-model';
import { ignoredTlsFields, tlsFields, unsupportedTlsFields } from './tls-fields';

const schema = strictObject({
  ambassador_id: Type.Optional(ambassadorId),
  hosts: Type.Optional(
    Type.Array(Type.String({ minLength: 1 }), {
      description:
        'Hostnames that the context terminates TLS for. Empty: for originating TLS, or filled in by the Host.',
    }),
  ),
  secret: Type.Optional(
    Type.String({
      minLength: 1,
      description:
        'Secret with certificate chain and private key: what is presented to clients, or to the upstream. `name` or `name.namespace`.',
    }),
  ),
  secret_namespacing: Type.Optional(
    Type.Boolean({ description: 'Whether a dot in a Secret name separates its namespace; default true.' }),
  ),
  ...tlsFields,
});

/** `TLSContext.spec`; see Ambassador's reference, "TLSContext". */
export type TlsContextSpec = Immutable<Static<typeof schema>>;

export const tlsContext = {
  about: 'Says how TLS is terminated for clients, or originated to an upstream.',
  group: 'getambassador.io',
  versions: ['v3alpha1', 'v2'],
  at: 'spec',
  schema,
  strict: true,
  unsupported: unsupportedTlsFields(''),
  ignored: ignoredTlsFields(''),
} as const satisfies KindModel<typeof schema>;
