import { type Static, Type } from '@sinclair/typebox';
import type { Immutable, KindModel } from './kind-model';
import { targetRef } from './target-ref';

const flag = (description: string, fallback: boolean) =>
  Type.Optional(
    Type.Boolean({
      description,
      default: fallback,
      'x-selects': 'endpoints: those that take no requests are left out',
    }),
  );

const endpoint = Type.Object({
  addresses: Type.Array(Type.String(), {
    description: 'Addresses of the endpoint.',
    'x-envoy': '`endpoint.address.socket_address.address` in the ClusterLoadAssignment, one endpoint for each',
  }),
  conditions: Type.Optional(
    Type.Object(
      {
        ready: flag('Whether it takes requests.', true),
        terminating: flag('Whether it is going away.', false),
      },
      { description: 'State of the endpoint.' },
    ),
  ),
  targetRef: Type.Optional(targetRef),
});

const port = Type.Object({
  name: Type.Optional(
    Type.String({ description: 'Name of the Service port.', 'x-selects': 'the port, by the name of the Service port' }),
  ),
  port: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 65535,
      description: 'Port of the pods.',
      'x-envoy': '`endpoint.address.socket_address.port_value` in the ClusterLoadAssignment',
    }),
  ),
  protocol: Type.Optional(
    Type.String({
      description: 'Transport. Only ports of TCP are upstreams.',
      default: 'TCP',
      'x-selects': 'the ports that count',
    }),
  ),
});

const INSTEAD_OF_ENDPOINTS = 'Better: Ambassador reads Endpoints only, which hold 1,000 addresses at most';

const schema = Type.Object({
  addressType: Type.Unsafe<'IPv4' | 'IPv6' | 'FQDN'>({
    type: 'string',
    enum: ['IPv4', 'IPv6', 'FQDN'],
    description: 'What the addresses are. Names (`FQDN`) are not looked up.',
    'x-selects': 'the slices that count',
  }),
  endpoints: Type.Optional(
    Type.Array(endpoint, {
      description: 'The endpoints. The slices of a Service add up.',
      'x-envoy': '`lb_endpoints` of the ClusterLoadAssignment',
      'x-ambassador': INSTEAD_OF_ENDPOINTS,
    }),
  ),
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
