import { type Static, Type } from '@sinclair/typebox';
import { type Immutable, type KindModel, ambassadorId, strictObject } from './kind-model';

const schema = strictObject({ ambassador_id: Type.Optional(ambassadorId) });

/** `KubernetesServiceResolver.spec`. Resolves services by DNS; it has no settings. */
export type KubernetesServiceResolverSpec = Immutable<Static<typeof schema>>;

export const kubernetesServiceResolver = {
  about: "Finds a Mapping's upstream by DNS.",
  group: 'getambassador.io',
  versions: ['v3alpha1', 'v2', 'v1'],
  at: 'spec',
  schema,
  strict: true,
  unsupported: {},
} as const satisfies KindModel<typeof schema>;
