import { type Static, Type } from '@sinclair/typebox';
import { type Immutable, type KindModel, ambassadorId, strictObject } from './kind-model';

const schema = strictObject({ ambassador_id: Type.Optional(ambassadorId) });

/** `KubernetesEndpointResolver.spec`. Resolves services to the endpoints that Kubernetes knows; it has no settings. */
export type KubernetesEndpointResolverSpec = Immutable<Static<typeof schema>>;

export const kubernetesEndpointResolver = {
  about:
    "Finds the endpoints of a Mapping's upstream in EndpointSlices or Endpoints, so that Envoy balances among them itself.",
  group: 'getambassador.io',
  versions: ['v3alpha1', 'v2', 'v1'],
  at: 'spec',
  schema,
  strict: true,
  unsupported: {},
} as const satisfies KindModel<typeof schema>;
