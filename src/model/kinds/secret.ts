import { Type } from '@sinclair/typebox';
import type { SecretData } from '../secret-data';
import type { KindModel } from './kind-model';

const BY_SDS =
  '`tls_certificate` from `tls.crt`, `tls.key` (or `cert-chain.pem`, `key.pem`), and `validation_context.trusted_ca` from `ca.crt`, `root-cert.pem` or ' +
  '`tls.crt`, each an SDS resource of its own';

/** The document; what is decoded from it is a SecretSpec. */
const schema = Type.Object({
  type: Type.Optional(
    Type.String({
      description:
        'The kind of Secret. What `kubernetes.io/tls`, `Opaque` and `istio.io/key-and-cert` hold is judged, named or not.',
      default: 'Opaque',
      'x-selects': 'Secrets that are judged before anything names them',
      'x-ambassador': 'a Secret of any other type can be named too; Ambassador does not see it',
    }),
  ),
  data: Type.Optional(
    Type.Record(Type.String(), Type.String(), {
      description: 'Values in base64 (RFC 4648 §4).',
      'x-envoy': BY_SDS,
      'x-ambassador':
        'Better: `ca.crt` is read too, and nothing is written to disk; a new certificate or CA changes SDS resources only',
    }),
  ),
  stringData: Type.Optional(
    Type.Record(Type.String(), Type.String(), {
      description: 'Values in plain text; these win over `data`.',
      'x-envoy': 'as `data`',
    }),
  ),
});

export interface SecretSpec {
  readonly type: string;
  /** `data` and `stringData` together. */
  readonly data: SecretData;
}

export const secret = {
  about: 'Certificates, private keys and CA bundles, which definitions name.',
  group: '',
  versions: ['v1'],
  at: 'root',
  schema,
  strict: false,
  unsupported: {},
} as const satisfies KindModel<typeof schema>;
