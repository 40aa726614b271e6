import { type Static, Type } from '@sinclair/typebox';
import { moduleFilterFields } from './module-filters';
import { moduleHttpFields } from './module-http';
import { type Immutable, type KindModel, type Unsupported, ambassadorId, strictObject } from './kind-model';
import { defaultLabels } from './labels';
import { clientCertificateFields } from './module-client-certificates';
import { httpMappingDefaults, mappingDefaults } from './module-mapping-defaults';

const schema = strictObject({
  ambassador_id: Type.Optional(ambassadorId),
  config: Type.Optional(
    strictObject(
      {
        defaults: Type.Optional(
          strictObject(
            {
              tls_secret_namespacing: Type.Optional(
                Type.Boolean({
                  description: 'Default of `TLSContext.secret_namespacing`.',
                  default: true,
                  'x-selects': 'the Secrets that are meant',
                  'x-ambassador':
                    'Better: true unless it says otherwise; a Module without it turns it off in half of Ambassador',
                }),
              ),
              httpmapping: httpMappingDefaults,
            },
            { description: 'Defaults for other definitions.' },
          ),
        ),
        ...clientCertificateFields,
        ...moduleHttpFields,
        ...moduleFilterFields,
        use_ambassador_namespace_for_service_resolution: Type.Optional(
          Type.Boolean({
            description: "Look unqualified services up in the install namespace, not the Mapping's.",
            default: false,
            'x-envoy': 'cluster.load_assignment (the DNS name), cluster.eds_cluster_config.service_name',
          }),
        ),
        cluster_request_timeout_ms: Type.Optional(
          Type.Integer({
            minimum: 0,
            maximum: 2_147_483_647,
            description: 'Default of `Mapping.timeout_ms`. In milliseconds.',
            default: 3000,
            'x-envoy': 'route.timeout',
          }),
        ),
        default_labels: defaultLabels,
        default_label_domain: Type.Optional(
          Type.String({
            minLength: 1,
            description: 'Default of `RateLimitService.domain`.',
            default: 'ambassador',
            'x-envoy': 'RateLimit.domain',
          }),
        ),
        resolver: Type.Optional(
          Type.String({
            minLength: 1,
            description: 'Default of `Mapping.resolver`.',
            default: 'kubernetes-service',
            'x-envoy': 'cluster.type',
          }),
        ),
        ...mappingDefaults,
      },
      { description: 'Settings for everything.' },
    ),
  ),
});

/** `Module.spec` of the one Module that means anything, `ambassador`; see Ambassador's reference, "The Ambassador Module". */
export type ModuleSpec = Immutable<Static<typeof schema>>;

function config(severity: Unsupported['severity'], fields: Readonly<Record<string, string>>) {
  return Object.fromEntries(
    Object.entries(fields).map(([name, effect]) => [`config.${name}`, { severity, effect } satisfies Unsupported]),
  );
}

/** What nobody is let in by, or kept out, or sent elsewhere: where one of these is wrong, everything is served without it. */
const DISPENSABLE = [
  'allow_chunked_length',
  'buffer_limit_bytes',
  'circuit_breakers',
  'cluster_idle_timeout_ms',
  'cluster_max_connection_lifetime_ms',
  'cluster_request_timeout_ms',
  'enable_grpc_http11_bridge',
  'enable_grpc_web',
  'enable_http10',
  'envoy_log_format',
  'envoy_log_path',
  'envoy_log_type',
  'grpc_stats',
  'gzip',
  'keepalive',
  'listener_idle_timeout_ms',
  'liveness_probe',
  'preserve_external_request_id',
  'proper_case',
  'readiness_probe',
  'regex_max_size',
  'retry_policy',
  'server_name',
  'suppress_envoy_headers',
] as const;

export const ambassadorModule = {
  about: 'Settings for everything. Only the Module named `ambassador` means anything.',
  group: 'getambassador.io',
  versions: ['v3alpha1', 'v2', 'v1'],
  at: 'spec',
  schema,
  strict: true,
  unsupported: {
    ...config('error', {
      envoy_override: 'the configuration would differ from what it says',
      tls: 'Ambassador refuses it too; write a TLSContext',
      'defaults.tls': 'Ambassador refuses it too; write a TLSContext',
    }),
    ...config('warning', {
      ambassador_id: 'write it beside config, not inside',
      header_case_overrides: 'Envoy as released cannot write single headers otherwise; proper_case does it for all',
      runtime_flags: "they belong into Envoy's bootstrap, under layered_runtime",
      'liveness_probe.service': 'Envoy answers the probe itself',
      'liveness_probe.rewrite': 'Envoy answers the probe itself',
      'readiness_probe.service': 'Envoy answers the probe itself',
      'readiness_probe.rewrite': 'Envoy answers the probe itself',
    }),
    ...config('info', {
      diagnostics:
        "Ambassador's diagnostics service does not exist here; /status of the admin port tells what is served",
      envoy_validation_timeout: 'nothing waits for an Envoy here: what validates is accepted by Envoy',
      prune_unreachable_routes: 'routes that no Host reaches are never made',
    }),
  } as Readonly<Record<string, Unsupported>>,
  dispensable: DISPENSABLE.map((name) => `config.${name}`),
  ignored: Object.fromEntries(
    Object.entries({
      admin_port: "Envoy's admin is set up in its bootstrap",
      auth_enabled: 'an AuthService does that',
      debug_mode: 'it only concerned the Ambassador process',
      diag_port: "Ambassador's diagnostics service is no part of the data path",
      error_response_overrides: "Ambassador's Envoy no longer has the filter that it needs",
      regex_type: 'regular expressions are always RE2',
      service_port: 'ports come from Listeners',
      statsd: "Envoy's statistics are set up in its bootstrap",
      strict_match: 'it has had none for years',
      use_proxy_proto: 'a Listener of protocol HTTPPROXY or HTTPSPROXY expects PROXY headers',
      x_forwarded_proto_redirect: 'a Host redirects cleartext with requestPolicy.insecure.action',
      xff_num_trusted_hops: "a Listener's l7Depth says how many proxies are trusted",
    }).map(([name, reason]) => [`config.${name}`, reason]),
  ),
} as const satisfies KindModel<typeof schema>;
