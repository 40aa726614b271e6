import { type Static, Type } from '@sinclair/typebox';
import { type Immutable, type KindModel, ambassadorId, oneOf, strictObject } from './kind-model';
import { clusterFields, milliseconds } from './mapping-cluster-fields';
import { labels } from './labels';
import { boolean, matchFields, rewriteFields, text } from './mapping-match-fields';
import { allowUpgrade, cors, headerFields, retryPolicy } from './mapping-route-fields';
import { ignoredMappingFields, unsupportedMappingFields } from './mapping-unsupported';

const schema = strictObject({
  ambassador_id: Type.Optional(ambassadorId),
  ...matchFields,
  service: Type.String({
    minLength: 1,
    description:
      'Upstream: `[http://|https://]host[.namespace][:port]`. `https://` originates TLS; the port follows TLS, 443 or 80.',
    'x-envoy': '`cluster.load_assignment`, or the name under which EDS delivers the endpoints',
  }),
  ...rewriteFields,
  ...headerFields,
  timeout_ms: milliseconds({
    description: "Time for the whole response; 0 disables. Without it the Module's `cluster_request_timeout_ms`.",
    default: 3000,
    'x-envoy': '`route.route.timeout`',
  }),
  idle_timeout_ms: milliseconds({
    description: 'Time that a stream may be idle; 0 disables.',
    'x-envoy': '`route.route.idle_timeout`',
  }),
  shadow: boolean({
    description:
      'Send copies of the requests of the group to this service, and drop its responses; `weight` says how many, in percent. One Mapping of a group may.',
    'x-envoy': '`route.route.request_mirror_policies` of the other Mappings of the group',
    'x-ambassador': 'Better: without another Mapping to copy from, a warning says so.',
  }),
  cors: Type.Optional(cors),
  retry_policy: Type.Optional(retryPolicy),
  allow_upgrade: allowUpgrade,
  use_websocket: boolean({
    description: 'The deprecated form of `allow_upgrade: [websocket]`.',
    'x-envoy': '`route.route.upgrade_configs`',
    'x-ambassador': 'Better: false means no; there it means yes.',
  }),
  priority: Type.Optional(
    oneOf(['default', 'high', 'DEFAULT', 'HIGH'], "Which of the cluster's circuit breakers count the requests.", {
      default: 'default',
      'x-envoy': '`route.route.priority`',
    }),
  ),
  add_linkerd_headers: boolean({
    description: 'Tell Linkerd by `l5d-dst-override` where requests go. Without it the Module’s `add_linkerd_headers`.',
    'x-envoy': '`route.request_headers_to_add`',
    'x-ambassador': 'Better: the header replaces one of the client’s, which could send requests elsewhere.',
  }),
  tls: text({
    description: 'Name of the TLSContext that TLS to the upstream uses.',
    'x-envoy': '`cluster.transport_socket`',
    'x-ambassador':
      'Better: if the TLSContext is missing or unusable, the Mapping answers 503; there it goes on in cleartext.',
  }),
  resolver: text({
    description: 'Name of the resolver that finds the endpoints. Without it the Module’s `resolver`.',
    default: 'kubernetes-service',
    'x-envoy': '`cluster.type`',
  }),
  ...clusterFields,
  bypass_auth: boolean({
    description:
      'Let requests pass without asking the AuthService. Mappings of a group must agree; one that is silent asks.',
    'x-envoy': '`ExtAuthzPerRoute.disabled`',
  }),
  auth_context_extensions: Type.Optional(
    Type.Record(Type.String(), Type.String(), {
      description: 'What the AuthService is told of the Mapping. With `proto: grpc` only.',
      'x-envoy': '`CheckSettings.context_extensions`',
    }),
  ),
  labels,
  grpc: boolean({
    description: 'Speak HTTP/2 to the upstream.',
    'x-envoy': '`cluster.typed_extension_protocol_options`: `explicit_http_config.http2_protocol_options`',
  }),
  stats_name: text({
    description: "Name of the upstream in Envoy's statistics. Without it, one made of the service.",
    'x-envoy': '`cluster.alt_stat_name`',
  }),
});

/** `Mapping.spec`; see Ambassador's reference, "Configuring services" and "Advanced Mapping configuration". */
export type MappingSpec = Immutable<Static<typeof schema>>;

export const mapping = {
  about: 'Sends the requests that match to an upstream service.',
  group: 'getambassador.io',
  versions: ['v3alpha1', 'v2', 'v1'],
  at: 'spec',
  schema,
  strict: true,
  unsupported: unsupportedMappingFields,
  ignored: ignoredMappingFields,
  deciding: [
    'ambassador_id',
    'prefix',
    'prefix_exact',
    'prefix_regex',
    'path_separated',
    'case_sensitive',
    'hostname',
    'host',
    'host_regex',
    'method',
    'method_regex',
    'headers',
    'regex_headers',
    'query_parameters',
    'regex_query_parameters',
    'precedence',
    // A shadow takes no requests at all.
    'shadow',
  ],
  placeholders: { service: '' },
} as const satisfies KindModel<typeof schema>;
