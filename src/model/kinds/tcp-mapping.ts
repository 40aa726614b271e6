import { type Static, Type } from '@sinclair/typebox';
import { type Immutable, type KindModel, ambassadorId, strictObject } from './kind-model';
import { clusterTag, connectionFields } from './mapping-cluster-fields';

const schema = strictObject({
  ambassador_id: Type.Optional(ambassadorId),
  port: Type.Integer({
    minimum: 1,
    maximum: 65535,
    description:
      'TCP port that connections are taken from. A Listener opens it; without one it is opened all the same.',
    'x-envoy': 'the Listener of that port',
  }),
  address: Type.Optional(
    Type.String({
      minLength: 1,
      default: '0.0.0.0',
      description: 'IP address that the port is opened on.',
      'x-envoy': '`listener.address`',
    }),
  ),
  host: Type.Optional(
    Type.String({
      minLength: 1,
      description:
        'Server name (SNI) that connections must ask for: a full name, `*.suffix` or `*`. TLS is terminated with the certificate of the Host, or of the TLSContext, of that name. Without it every connection to the port is taken, byte for byte.',
      'x-envoy': '`filter_chain_match.server_names`, and `transport_socket` of the filter chain',
      'x-ambassador':
        'Better: the most specific Host wins, not the first that overlaps; a broken one closes the connection instead of leaving it to a laxer one',
    }),
  ),
  service: Type.String({
    minLength: 1,
    description: 'Upstream: `[http://|https://]host[.namespace][:port]`; `https://` originates TLS.',
    'x-envoy': '`tcp_proxy.cluster`',
  }),
  tls: Type.Optional(
    Type.String({
      description: 'TLSContext that says how TLS to the upstream is originated.',
      'x-envoy': '`cluster.transport_socket`',
      'x-ambassador':
        'Better: a TLSContext that is missing or unusable closes the connection; Ambassador goes on in cleartext',
    }),
  ),
  resolver: Type.Optional(
    Type.String({
      minLength: 1,
      description: "Resolver of the service; default the Module's, else `kubernetes-service`.",
      'x-envoy': '`cluster.type`',
    }),
  ),
  weight: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 100,
      description:
        'Share of the connections, in per cent, among TCPMappings of one address, port and host. Those without one share what is left.',
      'x-envoy': '`tcp_proxy.weighted_clusters`',
      'x-ambassador':
        'Better: shares are what they say; Ambassador adds each to the one before, so that 50 and 50 become 50 and 100',
    }),
  ),
  idle_timeout_ms: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 2_147_483_647,
      default: 3_600_000,
      description: 'How long a connection may be silent before it is closed; 0 disables. In milliseconds.',
      'x-envoy': '`tcp_proxy.idle_timeout`',
      'x-ambassador': 'Better: Ambassador ignores it',
    }),
  ),
  stats_name: Type.Optional(
    Type.String({
      minLength: 1,
      description: "Name of the upstream in Envoy's statistics.",
      'x-envoy': '`cluster.alt_stat_name`',
      'x-ambassador': 'Better: Ambassador ignores it',
    }),
  ),
  ...connectionFields,
  cluster_tag: clusterTag,
});

/** `TCPMapping.spec`; see Ambassador's reference, "TCPMapping". */
export type TcpMappingSpec = Immutable<Static<typeof schema>>;

export const tcpMapping = {
  about: 'Passes TCP connections on to a service, by port and by server name (SNI).',
  group: 'getambassador.io',
  versions: ['v3alpha1', 'v2', 'v1'],
  at: 'spec',
  schema,
  strict: true,
  unsupported: {},
  deciding: ['ambassador_id', 'port', 'address', 'host'],
  placeholders: { service: '' },
} as const satisfies KindModel<typeof schema>;
