import { type Static, Type } from '@sinclair/typebox';
import type { Immutable, KindModel } from './kind-model';
import { targetRef } from './target-ref';

const address = Type.Object({
  ip: Type.String({
    description: 'IP address.',
    'x-envoy': '`endpoint.address.socket_address.address` in the ClusterLoadAssignment',
  }),
  targetRef: Type.Optional(targetRef),
});

const port = Type.Object({
  name: Type.Optional(
    Type.String({ description: 'Name of the Service port.', 'x-selects': 'the port, by the name of the Service port' }),
  ),
  port: Type.Integer({
    minimum: 1,
    maximum: 65535,
    description: 'Port of the pods.',
    'x-envoy': '`endpoint.address.socket_address.port_value` in the ClusterLoadAssignment',
  }),
  protocol: Type.Optional(
    Type.String({
      description: 'Transport. Only ports of TCP are upstreams.',
      default: 'TCP',
      'x-selects': 'the ports that count',
    }),
  ),
});

const subset = Type.Object({
  addresses: Type.Optional(Type.Array(address, { description: 'Addresses that take requests.' })),
  ports: Type.Optional(Type.Array(port, { description: 'The ports that every address has.' })),
});

const schema = Type.Object({
  subsets: Type.Optional(
    Type.Array(subset, {
      description: 'Addresses that share ports.',
      'x-envoy': '`lb_endpoints` of the ClusterLoadAssignment',
      'x-ambassador': 'they count only where the Service has no EndpointSlice',
    }),
  ),
});

/** Kubernetes' Endpoints, as far as it is read; it is named like its Service. */
export type EndpointsSpec = Immutable<Static<typeof schema>>;

export const endpoints = {
  about: 'Endpoints of the Service of the same name and namespace, where it has no EndpointSlice.',
  group: '',
  versions: ['v1'],
  at: 'root',
  schema,
  strict: false,
  unsupported: {},
} as const satisfies KindModel<typeof schema>;
