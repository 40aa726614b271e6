import type { IssuedCertificate } from '../../../src/cli/demo/pki';
import { any, encodeAnyByName, type MessageName } from '../../../src/protos';
import { type EncodableResource, ResourceEncoder } from '../../../src/snapshot/resource-encoder';
import type { ResourceType } from '../../../src/snapshot/snapshot';

export const encoder = new ResourceEncoder<MessageName>(encodeAnyByName, Buffer.alloc(32, 1));
/** The name of the one Secret. */
export const SECRET = 'default/tls';
const ADS = { ads: {}, resource_api_version: 'V3' } as const;

/** What a test lets be served: one listener with its Secret and routes, and some clusters. */
export interface Definition {
  readonly port: number;
  readonly certificate: IssuedCertificate;
  /** Another one makes the pair mismatch. */
  readonly key?: IssuedCertificate;
  readonly body?: string;
  readonly clusters?: readonly string[];
  readonly connectTimeout?: number;
  /** A cluster that Envoy refuses, naming it or, by a constraint of the protos, the whole response. */
  readonly badCluster?: 'named' | 'unnamed';
  readonly statPrefix?: string;
  /** Without it there is neither its Secret nor its routes. */
  readonly listener?: false;
  /** Where Envoy gets endpoints, routes and the Secret from. Default: the aggregated stream. */
  readonly source?: object;
}

export function resources(definition: Definition): EncodableResource<MessageName>[] {
  const {
    source = ADS,
    port,
    certificate,
    key = certificate,
    body = 'one',
    clusters = ['c1'],
    connectTimeout = 1,
  } = definition;
  const origins = [
    { kind: 'Mapping', namespace: 'default', name: 'm', location: { file: 'a.yaml', line: 1, column: 1 } },
  ];
  const make = (
    type: ResourceType,
    name: string,
    messageName: MessageName,
    message: object,
    references: EncodableResource['references'] = {},
  ): EncodableResource<MessageName> => ({ type, name, messageName, message, references, origins });
  const tls = any('envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext', {
    common_tls_context: { tls_certificate_sds_secret_configs: [{ name: SECRET, sds_config: source }] },
  });
  const manager = any('envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager', {
    stat_prefix: definition.statPrefix ?? 'edge',
    rds: { route_config_name: 'routes', config_source: source },
    http_filters: [
      {
        name: 'envoy.filters.http.router',
        typed_config: any('envoy.extensions.filters.http.router.v3.Router', {}),
      },
    ],
  });
  return [
    ...clusters.map((name) =>
      make(
        'clusters',
        name,
        'envoy.config.cluster.v3.Cluster',
        {
          name,
          type: 'EDS',
          eds_cluster_config: { eds_config: source, service_name: `eds/${name}` },
          connect_timeout: { seconds: connectTimeout },
        },
        { endpoints: [`eds/${name}`] },
      ),
    ),
    ...(definition.badCluster !== undefined
      ? [
          make('clusters', 'bad', 'envoy.config.cluster.v3.Cluster', {
            name: 'bad',
            type: 'STATIC',
            ...(definition.badCluster === 'named'
              ? { transport_socket: { name: 'no such thing', typed_config: any('google.protobuf.Struct', {}) } }
              : { connect_timeout: { seconds: 0 } }),
          }),
        ]
      : []),
    ...clusters.map((name) =>
      make('endpoints', `eds/${name}`, 'envoy.config.endpoint.v3.ClusterLoadAssignment', {
        cluster_name: `eds/${name}`,
        endpoints: [
          {
            lb_endpoints: [{ endpoint: { address: { socket_address: { address: '127.0.0.1', port_value: 1 } } } }],
          },
        ],
      }),
    ),
    ...(definition.listener === false
      ? []
      : [
          make('secrets', SECRET, 'envoy.extensions.transport_sockets.tls.v3.Secret', {
            name: SECRET,
            tls_certificate: {
              certificate_chain: { inline_string: certificate.chainPem },
              private_key: { inline_string: key.privateKeyPem },
            },
          }),
          make(
            'listeners',
            'edge',
            'envoy.config.listener.v3.Listener',
            {
              name: 'edge',
              address: { socket_address: { address: '127.0.0.1', port_value: port } },
              filter_chains: [
                {
                  transport_socket: { name: 'envoy.transport_sockets.tls', typed_config: tls },
                  filters: [{ name: 'envoy.filters.network.http_connection_manager', typed_config: manager }],
                },
              ],
            },
            { secrets: [SECRET], routes: ['routes'] },
          ),
          make('routes', 'routes', 'envoy.config.route.v3.RouteConfiguration', {
            name: 'routes',
            virtual_hosts: [
              {
                name: 'all',
                domains: ['*'],
                routes: [{ match: { prefix: '/' }, direct_response: { status: 200, body: { inline_string: body } } }],
              },
            ],
          }),
        ]),
  ];
}
