import type { EncodableResource } from '../../src/snapshot/resource-encoder';

/** How many secrets, listeners and route configurations there are beside the clusters. */
export const SECRETS = 20;
export const LISTENERS = 10;
const ORIGINS: EncodableResource['origins'] = [];
const ADS = { ads: {}, resource_api_version: 'V3' } as const;

/** What is changed while Envoys are connected. */
export interface Revision {
  readonly secret: number;
  readonly cluster: number;
}

/**
 * A configuration of `count` clusters, each with its endpoints and its route; ten listeners with ten route configurations, and
 * twenty secrets of the size of an RSA pair.
 */
export function benchResources(count: number, revision: Revision): EncodableResource[] {
  const clusters = Array.from({ length: count }, (_, index) => clusterName(index));
  return [
    ...clusters.flatMap((name, index) => [cluster(name, index === 0 ? revision.cluster : 0), endpoints(name, index)]),
    ...Array.from({ length: SECRETS }, (_, index) => secret(index, index === 0 ? revision.secret : 0)),
    ...Array.from({ length: LISTENERS }, (_, index) => listener(index)),
    ...Array.from({ length: LISTENERS }, (_, index) =>
      routes(
        index,
        clusters.filter((_name, at) => at % LISTENERS === index),
      ),
    ),
  ];
}

export function clusterName(index: number): string {
  return `service-${String(index).padStart(5, '0')}.default.svc.cluster.local:8080`;
}

function cluster(name: string, revision: number): EncodableResource {
  return {
    type: 'clusters',
    name,
    messageName: 'envoy.config.cluster.v3.Cluster',
    message: {
      name,
      type: 'EDS',
      connect_timeout: { seconds: 3 + revision },
      eds_cluster_config: { eds_config: ADS },
      alt_stat_name: name.split('.')[0],
      dns_lookup_family: 'V4_ONLY',
    },
    references: { endpoints: [name] },
    origins: ORIGINS,
  };
}

function endpoints(name: string, index: number): EncodableResource {
  const address = `10.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}`;
  return {
    type: 'endpoints',
    name,
    messageName: 'envoy.config.endpoint.v3.ClusterLoadAssignment',
    message: {
      cluster_name: name,
      endpoints: [{ lb_endpoints: [{ endpoint: { address: { socket_address: { address, port_value: 8080 } } } }] }],
    },
    references: {},
    origins: ORIGINS,
  };
}

export function secretName(index: number): string {
  return `default/secret-${index}`;
}

function secret(index: number, revision: number): EncodableResource {
  const text = (label: string, length: number) => Buffer.alloc(length, `${label} ${index} ${revision} `);
  return {
    type: 'secrets',
    name: secretName(index),
    messageName: 'envoy.extensions.transport_sockets.tls.v3.Secret',
    message: {
      name: secretName(index),
      tls_certificate: {
        certificate_chain: { inline_bytes: text('chain', 2_400) },
        private_key: { inline_bytes: text('not a key', 1_700) },
      },
    },
    references: {},
    origins: ORIGINS,
  };
}

export function routeName(index: number): string {
  return `routes-${index}`;
}

function listener(index: number): EncodableResource {
  const secrets = [2 * index, 2 * index + 1].map((each) => secretName(each));
  return {
    type: 'listeners',
    name: `listener-${index}`,
    messageName: 'envoy.config.listener.v3.Listener',
    message: {
      name: `listener-${index}`,
      address: { socket_address: { address: '0.0.0.0', port_value: 10_000 + index } },
      stat_prefix: [routeName(index), ...secrets].join(' '),
    },
    references: { routes: [routeName(index)], secrets },
    origins: ORIGINS,
  };
}

function routes(index: number, clusters: readonly string[]): EncodableResource {
  return {
    type: 'routes',
    name: routeName(index),
    messageName: 'envoy.config.route.v3.RouteConfiguration',
    message: {
      name: routeName(index),
      virtual_hosts: [
        {
          name: 'all',
          domains: ['*'],
          routes: clusters.map((name) => ({ match: { prefix: `/${name.split('.')[0]}/` }, route: { cluster: name } })),
        },
      ],
    },
    references: { clusters },
    origins: ORIGINS,
  };
}
