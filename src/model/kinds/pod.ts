import { type Static, Type } from '@sinclair/typebox';
import type { Immutable, KindModel } from './kind-model';

const schema = Type.Object({
  serviceAccountName: Type.Optional(
    Type.String({
      pattern: '^[a-z0-9.-]+$',
      maxLength: 253,
      description: 'The ServiceAccount that the Pod runs as, which is its identity in an Istio mesh.',
      default: 'default',
      'x-envoy': '`match_typed_subject_alt_names` of clusters whose TLSContext has `istio`',
    }),
  ),
});

/** `spec` of Kubernetes' Pod, as far as it is read. Its label `security.istio.io/tlsMode` says whether it speaks mutual TLS. */
export type PodSpec = Immutable<Static<typeof schema>>;

export const pod = {
  about:
    'What stands behind endpoints, for TLSContexts with `istio`: its ServiceAccount, and by the label `security.istio.io/tlsMode` whether it speaks mutual TLS.',
  group: '',
  versions: ['v1'],
  at: 'spec',
  schema,
  strict: false,
  unsupported: {},
} as const satisfies KindModel<typeof schema>;
