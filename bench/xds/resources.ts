import type { EncodableResource } from '../../src/snapshot/resource-encoder';

/** How many secrets, listeners and route configurations there are beside the clusters. */
export const SECRETS = 20;
export const LISTENERS = 10;
const ORIGINS: EncodableResource['origins'] = [];
const ADS = { ads: {}, resource_api_version: 'V3' } as const;

/** What can be changed while Envoys are connected. */
export type Change = 'secret' | 'cluster';

/**
 * A configuration of `count` clusters, each with its endpoints and its route; ten listeners with ten route configurations, and
 * twenty secrets of the size of an RSA pair. What does not change stays the same object, as the pipeline before it has it.
 */
export class BenchConfiguration {
  readonly #resources: EncodableResource[];
  #revision = 0;

  constructor(count: number) {
    const clusters = Array.from({ length: count }, (_, index) => clusterName(index));
    const all = (of: (index: number) => EncodableResource, length: number) =>
      Array.from({ length }, (_, index) => of(index));
    this.#resources = [
      ...clusters.flatMap((name, index) => [cluster(name, 0), endpoints(name, index)]),
      ...all((index) => secret(index, 0), SECRETS),
      ...all(listener, LISTENERS),
      ...all((index) => routes(index, clusters), LISTENERS),
    ];
  }

  get resources(): readonly EncodableResource[] {
    return this.#resources;
  }

  /** Replaces the first of its kind. */
  change(what: Change): void {
    this.#revision += 1;
    const first = what === 'secret' ? secret(0, this.#revision) : cluster(clusterName(0), this.#revision);
    const at = this.#resources.findIndex(({ type, name }) => type === first.type && name === first.name);
    if (at < 0) throw new Error(`this configuration has no ${what}`);
    this.#resources[at] = first;
  }
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

/** One in ten of the clusters. */
function routes(index: number, clusters: readonly string[]): EncodableResource {
  const own = clusters.filter((_name, at) => at % LISTENERS === index);
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
          routes: own.map((name) => ({ match: { prefix: `/${name.split('.')[0]}/` }, route: { cluster: name } })),
        },
      ],
    },
    references: { clusters: own },
    origins: ORIGINS,
  };
}
