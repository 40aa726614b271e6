import { type Static, Type } from '@sinclair/typebox';
import type { Immutable, KindModel } from './kind-model';

const endpoint = Type.Object({
  address: Type.String({
    minLength: 1,
    description: 'IP address of the instance, or else of its node.',
    'x-envoy': '`endpoint.address.socket_address.address` in the ClusterLoadAssignment',
  }),
  port: Type.Integer({
    minimum: 1,
    maximum: 65535,
    description: 'Port of the instance.',
    'x-envoy': '`endpoint.address.socket_address.port_value` in the ClusterLoadAssignment',
  }),
  weight: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 65535,
      default: 1,
      description: 'Share of the requests, in relation to the other instances (`Service.Weights.Passing`).',
      'x-envoy': '`load_balancing_weight` in the ClusterLoadAssignment',
    }),
  ),
});

const schema = Type.Object({
  resolver: Type.String({
    minLength: 1,
    description: 'Name of the ConsulResolver, which is in the same namespace.',
    'x-selects': 'the Mappings that they are the endpoints of',
  }),
  service: Type.String({
    minLength: 1,
    description: 'Name of the service in Consul.',
    'x-selects': 'the Mappings that they are the endpoints of',
  }),
  connect: Type.Optional(
    Type.Boolean({
      default: false,
      description:
        'They are those of Consul Connect: sidecar proxies of the service, or instances that speak it themselves.',
      'x-selects': 'the Mappings that they are the endpoints of',
    }),
  ),
  trust_domain: Type.Optional(
    Type.String({
      minLength: 1,
      description: 'Trust domain of Consul Connect.',
      'x-envoy': 'common_tls_context.validation_context.match_typed_subject_alt_names, and upstream_tls_context.sni',
    }),
  ),
  datacenter: Type.Optional(
    Type.String({
      minLength: 1,
      default: 'dc1',
      description: 'Datacenter of the service.',
      'x-envoy': 'common_tls_context.validation_context.match_typed_subject_alt_names, and upstream_tls_context.sni',
    }),
  ),
  namespace: Type.Optional(
    Type.String({
      minLength: 1,
      default: 'default',
      description: 'Namespace of Consul Enterprise.',
      'x-envoy': 'common_tls_context.validation_context.match_typed_subject_alt_names, and upstream_tls_context.sni',
    }),
  ),
  endpoints: Type.Optional(
    Type.Array(endpoint, {
      description: 'The instances that pass their checks.',
      'x-envoy': '`lb_endpoints` of the ClusterLoadAssignment',
    }),
  ),
});

/**
 * What Consul says of one service (Consul's HTTP API, "Health"), as a definition: the control plane makes it while it serves. In a
 * file it stands in for Consul, so that what is sent to Envoy can be looked at without one.
 */
export type ConsulEndpointsSpec = Immutable<Static<typeof schema>>;

export const consulEndpoints = {
  about:
    'Endpoints of a service in Consul. The control plane makes them of what Consul answers; in a file they stand in for Consul.',
  group: 'countersign.dev',
  versions: ['v1'],
  at: 'spec',
  schema,
  strict: false,
  unsupported: {},
} as const satisfies KindModel<typeof schema>;
