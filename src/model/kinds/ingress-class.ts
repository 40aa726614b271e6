import { type Static, Type } from '@sinclair/typebox';
import type { Immutable, KindModel } from './kind-model';

const schema = Type.Object({
  controller: Type.Optional(
    Type.String({
      description: 'Who serves the Ingresses of the class; `getambassador.io/ingress-controller` is us.',
      'x-selects': 'the Ingresses that name the class',
    }),
  ),
});

/** `spec` of Kubernetes' IngressClass, as far as it is read. */
export type IngressClassSpec = Immutable<Static<typeof schema>>;

export const ingressClass = {
  about: 'Says which controller serves the Ingresses that name it.',
  group: 'networking.k8s.io',
  versions: ['v1'],
  at: 'spec',
  schema,
  strict: false,
  unsupported: {},
} as const satisfies KindModel<typeof schema>;
