import { Type } from '@sinclair/typebox';

/** What stands behind an endpoint (Kubernetes, ObjectReference). */
export const targetRef = Type.Object(
  {
    kind: Type.Optional(
      Type.String({
        description: 'Only a `Pod` is of interest.',
        'x-selects': 'the Pod, for a TLSContext with `istio`',
      }),
    ),
    name: Type.Optional(
      Type.String({ description: 'Name of the Pod.', 'x-selects': 'the Pod, for a TLSContext with `istio`' }),
    ),
    namespace: Type.Optional(
      Type.String({
        description: 'Namespace of the Pod. Unset, it is that of the endpoints.',
        'x-selects': 'the Pod, for a TLSContext with `istio`',
      }),
    ),
  },
  { description: 'What stands behind the endpoint.' },
);
