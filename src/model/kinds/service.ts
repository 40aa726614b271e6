import { type Static, Type } from '@sinclair/typebox';
import type { Immutable, KindModel } from './kind-model';

const port = Type.Object({
  name: Type.Optional(Type.String({ description: 'Name of the port.' })),
  port: Type.Integer({ minimum: 1, maximum: 65535, description: 'Port of the Service.' }),
  targetPort: Type.Optional(
    Type.Union([Type.Integer(), Type.String()], { description: 'Port of the pods, by number or name.' }),
  ),
  protocol: Type.Optional(Type.String({ description: 'Transport; default `TCP`.' })),
});

const schema = Type.Object({
  type: Type.Optional(Type.String({ description: 'ClusterIP, NodePort, LoadBalancer or ExternalName.' })),
  clusterIP: Type.Optional(Type.String({ description: '`None` for a headless Service.' })),
  externalName: Type.Optional(Type.String({ description: 'DNS name behind an ExternalName Service.' })),
  ports: Type.Optional(Type.Array(port, { description: 'Ports of the Service.' })),
});

/** `spec` of Kubernetes' Service, as far as it is read. */
export type ServiceSpec = Immutable<Static<typeof schema>>;

export const service = {
  about: 'The ports of a Kubernetes Service, for resolvers of endpoints.',
  group: '',
  versions: ['v1'],
  at: 'spec',
  schema,
  strict: false,
  unsupported: {},
} as const satisfies KindModel<typeof schema>;
