import { Type } from '@sinclair/typebox';
import { healthChecks } from './health-check-fields';
import { type FieldNotes, oneOf, strictObject } from './kind-model';
import { count, headerName, seconds } from './mapping-route-fields';

export const milliseconds = (notes: FieldNotes, minimum = 0) =>
  Type.Optional(
    Type.Integer({ minimum, maximum: 2_147_483_647, ...notes, description: `${notes.description} In milliseconds.` }),
  );

export const circuitBreakers = Type.Array(
  strictObject(
    {
      priority: Type.Optional(
        oneOf(['default', 'high'], 'Which requests it counts: see `priority`.', {
          default: 'default',
          'x-envoy': '`thresholds.priority`',
        }),
      ),
      max_connections: count({
        description: 'Connections to all endpoints together.',
        default: 1024,
        'x-envoy': '`thresholds.max_connections`',
      }),
      max_pending_requests: count({
        description: 'Requests that may wait for a connection.',
        default: 1024,
        'x-envoy': '`thresholds.max_pending_requests`',
      }),
      max_requests: count({
        description: 'Requests under way.',
        default: 1024,
        'x-envoy': '`thresholds.max_requests`',
      }),
      max_retries: count({ description: 'Retries under way.', default: 3, 'x-envoy': '`thresholds.max_retries`' }),
    },
    { description: 'Limits for the requests of one priority.' },
  ),
  {
    description: 'Limits beyond which requests are answered 503 at once. Holds for the whole group.',
    'x-envoy': '`cluster.circuit_breakers`',
  },
);

export const loadBalancer = strictObject(
  {
    policy: oneOf(
      ['round_robin', 'least_request', 'ring_hash', 'maglev'],
      'How an endpoint is chosen. `ring_hash` and `maglev` choose the same one for the same cookie, header or address.',
      { 'x-envoy': '`cluster.lb_policy`' },
    ),
    cookie: Type.Optional(
      strictObject(
        {
          name: Type.String({
            minLength: 1,
            description: 'Name of the cookie.',
            'x-envoy': '`hash_policy.cookie.name`',
          }),
          path: Type.Optional(
            Type.String({ description: 'Path of the cookie that Envoy sets.', 'x-envoy': '`hash_policy.cookie.path`' }),
          ),
          ttl: Type.Optional(
            seconds({
              description: 'Makes Envoy set the cookie where a client has none, for so long; `0s` for the session.',
              'x-envoy': '`hash_policy.cookie.ttl`',
            }),
          ),
        },
        { description: 'Choose by a cookie.' },
      ),
    ),
    header: Type.Optional({ ...headerName, description: 'Choose by a header.', 'x-envoy': '`hash_policy.header`' }),
    source_ip: Type.Optional(
      Type.Boolean({
        default: false,
        description: 'Choose by the address of the client.',
        'x-envoy': '`hash_policy.connection_properties.source_ip`',
      }),
    ),
  },
  {
    description:
      'How requests are spread over the endpoints, which takes a resolver that knows them. Holds for the whole group.',
    'x-envoy': '`cluster.lb_policy` and `route.route.hash_policy`',
    'x-ambassador':
      'Better: with a resolver by DNS, `round_robin` and `least_request` work, with a warning; there the Mapping is dropped. The other two are refused here too: they promise an endpoint that DNS may not show.',
  },
);

export const keepalive = strictObject(
  {
    idle_time: count({
      description: 'Silence before the first probe. In seconds.',
      'x-envoy': '`tcp_keepalive.keepalive_time`',
      'x-ambassador': 'Better: it works; there it has no effect.',
    }),
    interval: count({
      description: 'Time between probes. In seconds.',
      'x-envoy': '`tcp_keepalive.keepalive_interval`',
    }),
    probes: count({
      description: 'Probes without an answer before the connection counts as dead.',
      'x-envoy': '`tcp_keepalive.keepalive_probes`',
    }),
  },
  {
    description: 'TCP keepalive on connections to the upstream. Holds for the whole group.',
    'x-envoy': '`cluster.upstream_connection_options.tcp_keepalive`',
  },
);

const flag = (notes: FieldNotes) => Type.Optional(Type.Boolean({ ...notes }));

/** What holds for clusters of any kind, and may be said in the Module for all of them. */
export const connectionFields = {
  circuit_breakers: Type.Optional(circuitBreakers),
  enable_ipv4: flag({
    description: 'Use IPv4 addresses of the name.',
    default: true,
    'x-envoy': '`cluster.dns_lookup_family`',
  }),
  enable_ipv6: flag({
    description:
      'Use IPv6 addresses of the name; with `enable_ipv4` only where there are none of the other kind: IPv6 is tried first.',
    default: false,
    'x-envoy': '`cluster.dns_lookup_family`',
  }),
};

/** As `connectionFields`, of clusters that speak HTTP. */
export const httpConnectionFields = {
  ...connectionFields,
  load_balancer: Type.Optional(loadBalancer),
  keepalive: Type.Optional(keepalive),
  cluster_idle_timeout_ms: milliseconds({
    description: 'Time without a request after which a connection is closed; 0 disables. Holds for the whole group.',
    default: 3_600_000,
    'x-envoy': '`common_http_protocol_options.idle_timeout`',
  }),
  cluster_max_connection_lifetime_ms: milliseconds({
    description: 'Age at which a connection takes no more requests; 0 is no limit. Holds for the whole group.',
    'x-envoy': '`common_http_protocol_options.max_connection_duration`',
  }),
};

export const clusterTag = Type.Optional(
  Type.String({
    minLength: 1,
    description: 'Put before the name of the cluster, which keeps it apart from those of others.',
    'x-envoy': '`cluster.name`',
  }),
);

/** How a Mapping's cluster connects to its endpoints. */
export const clusterFields = {
  ...httpConnectionFields,
  connect_timeout_ms: milliseconds(
    {
      description: 'Time to connect to the upstream. Holds for the whole group.',
      default: 3000,
      'x-envoy': '`cluster.connect_timeout`',
    },
    1,
  ),
  health_checks: Type.Optional(healthChecks),
  dns_type: Type.Optional(
    oneOf(
      ['strict_dns', 'logical_dns'],
      'Whether all addresses of the name are endpoints, or the first one at the time of a connection.',
      { default: 'strict_dns', 'x-envoy': '`cluster.type`' },
    ),
  ),
  respect_dns_ttl: flag({
    description: 'Look the name up again when the DNS answer says so, instead of every 5 seconds.',
    default: false,
    'x-envoy': '`cluster.respect_dns_ttl`',
  }),
  cluster_tag: clusterTag,
};
