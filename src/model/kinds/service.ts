import { type Static, Type } from '@sinclair/typebox';
import type { Immutable, KindModel } from './kind-model';

const port = Type.Object({
  name: Type.Optional(
    Type.String({
      description: 'Name of the port; the ports of endpoints have the same. The only port of a Service needs none.',
      'x-selects': 'the port of the endpoints',
    }),
  ),
  port: Type.Integer({
    minimum: 1,
    maximum: 65535,
    description: 'Port of the Service: the one that `service` of a Mapping gives.',
    'x-envoy': '`cluster.eds_cluster_config.service_name`, with the names of the Service and its namespace',
  }),
  protocol: Type.Optional(
    Type.String({
      description: 'Transport. Only ports of TCP are upstreams.',
      default: 'TCP',
      'x-selects': 'the ports that count',
    }),
  ),
});

const schema = Type.Object({
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
