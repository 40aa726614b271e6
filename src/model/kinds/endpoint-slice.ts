import { type Static, Type } from '@sinclair/typebox';
import { type Immutable, type KindModel, oneOf } from './kind-model';

const flag = (description: string) => Type.Optional(Type.Boolean({ description }));

const endpoint = Type.Object({
  addresses: Type.Array(Type.String(), { description: 'Addresses of the endpoint.' }),
  conditions: Type.Optional(
    Type.Object(
      {
        ready: flag('Whether it takes requests; absent means yes.'),
        serving: flag('Whether it answers, even while terminating.'),
        terminating: flag('Whether it is going away.'),
      },
      { description: 'State of the endpoint.' },
    ),
  ),
});

const port = Type.Object({
  name: Type.Optional(Type.String({ description: 'Name of the Service port.' })),
  port: Type.Optional(Type.Integer({ minimum: 1, maximum: 65535, description: 'Port of the pods.' })),
  protocol: Type.Optional(Type.String({ description: 'Transport; default `TCP`.' })),
});

const schema = Type.Object({
  addressType: oneOf(['IPv4', 'IPv6', 'FQDN'], 'What the addresses are.'),
  endpoints: Type.Optional(Type.Array(endpoint, { description: 'The endpoints.' })),
  ports: Type.Optional(Type.Array(port, { description: 'The ports that every endpoint has.' })),
});

/**
 * Kubernetes' EndpointSlice (`discovery.k8s.io/v1`), as far as it is read. The Service is named by the label
 * `kubernetes.io/service-name` of its metadata.
 */
export type EndpointSliceSpec = Immutable<Static<typeof schema>>;

export const endpointSlice = {
  about:
    'Endpoints of a Service, for resolvers of endpoints. The label `kubernetes.io/service-name` names the Service.',
  group: 'discovery.k8s.io',
  versions: ['v1'],
  at: 'root',
  schema,
  strict: false,
  unsupported: {},
} as const satisfies KindModel<typeof schema>;
