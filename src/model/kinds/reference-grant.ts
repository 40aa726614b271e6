import { type Static, Type } from '@sinclair/typebox';
import type { Immutable, KindModel } from './kind-model';

const selects = 'references that are granted';
const ADDITION = 'Addition: Ambassador reads no grants, and lets everybody refer to everything.';

const from = Type.Object({
  group: Type.String({
    description: 'Group of who refers, such as `getambassador.io`.',
    'x-selects': selects,
  }),
  kind: Type.String({ description: 'Kind of who refers, such as `TLSContext`.', 'x-selects': selects }),
  namespace: Type.String({ minLength: 1, description: 'Namespace of who refers.', 'x-selects': selects }),
});

const to = Type.Object({
  group: Type.String({ description: 'Group of what is referred to; empty for Secrets.', 'x-selects': selects }),
  kind: Type.String({
    description: 'Kind of what is referred to: `Secret` or `TLSContext`.',
    'x-selects': selects,
  }),
  name: Type.Optional(
    Type.String({
      description: 'Name of what is referred to; all of the kind if it is left out.',
      'x-selects': selects,
    }),
  ),
});

const schema = Type.Object({
  from: Type.Array(from, { description: 'Who may refer.', 'x-ambassador': ADDITION }),
  to: Type.Array(to, {
    description: 'What in the namespace of the grant they may refer to.',
    'x-ambassador': ADDITION,
  }),
});

/** `spec` of Gateway API's ReferenceGrant. */
export type ReferenceGrantSpec = Immutable<Static<typeof schema>>;

export const referenceGrant = {
  about: 'Lets definitions of another namespace refer to Secrets and TLSContexts of its own.',
  group: 'gateway.networking.k8s.io',
  versions: ['v1', 'v1beta1'],
  at: 'spec',
  schema,
  strict: false,
  unsupported: {},
} as const satisfies KindModel<typeof schema>;
