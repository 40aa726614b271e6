import { Type } from '@sinclair/typebox';
import type { SecretData } from '../secret-data';
import type { KindModel } from './kind-model';

const values = (description: string) => Type.Optional(Type.Record(Type.String(), Type.String(), { description }));

/** The document; what is decoded from it is a SecretSpec. */
const schema = Type.Object({
  type: Type.Optional(Type.String({ description: 'The kind of Secret; default `Opaque`.' })),
  data: values('Values in base64 (RFC 4648 §4).'),
  stringData: values('Values in plain text; these win over `data`.'),
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
