import { type Static, Type } from '@sinclair/typebox';
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
        strip_matching_host_port: Type.Optional(
          Type.Boolean({ description: "Remove the port from the authority where it equals the listener's." }),
        ),
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

export const ambassadorModule = {
  about: 'Settings for everything. Only the Module named `ambassador` means anything.',
  group: 'getambassador.io',
  versions: ['v3alpha1', 'v2'],
  at: 'spec',
  schema,
  strict: true,
  unsupported: {
    ...config('error', {
      ip_allow: 'every address would be let in',
      ip_deny: 'the denied addresses would be let in',
      lua_scripts: 'the script would not run',
      use_remote_address: "clients' addresses would be judged otherwise than it says",
      merge_slashes: 'paths would match otherwise than it says',
      reject_requests_with_escaped_slashes: 'such requests would be let in',
      headers_with_underscores_action: 'such headers would be let in',
      envoy_override: 'the configuration would differ from what it says',
      tls: 'Ambassador refuses it too; write a TLSContext',
      'defaults.tls': 'Ambassador refuses it too; write a TLSContext',
    }),
    ...config('warning', {
      allow_chunked_length: 'Envoy refuses requests with both Content-Length and Transfer-Encoding',
      ambassador_id: 'write it beside config, not inside',
      buffer: 'requests are not buffered',
      buffer_limit_bytes: "Envoy's default buffer limit applies",
      debug_mode: 'it only concerned the Ambassador process',
      diagnostics: "Ambassador's diagnostics service does not exist here",
      enable_grpc_http11_bridge: 'the gRPC bridge is off',
      enable_grpc_web: 'gRPC-Web is off',
      enable_http10: 'HTTP/1.0 is refused',
      envoy_log_format: 'the access log is JSON on standard output',
      envoy_log_path: 'the access log is JSON on standard output',
      envoy_log_type: 'the access log is JSON on standard output',
      envoy_validation_timeout: 'validation does not run Envoy',
      error_response_overrides: 'error responses stay as they are',
      grpc_stats: 'no gRPC statistics are kept',
      gzip: 'responses are not compressed',
      header_case_overrides: 'header names are sent in lower case',
      listener_idle_timeout_ms: "Envoy's default idle timeout applies",
      liveness_probe: 'no liveness Mapping is made',
      max_request_headers_kb: "Envoy's default limit applies",
      preserve_external_request_id: 'Envoy makes its own request ids',
      proper_case: 'header names are sent in lower case',
      prune_unreachable_routes: 'routes that cannot be reached are kept',
      readiness_probe: 'no readiness Mapping is made',
      regex_max_size: "Envoy's own limit on regular expressions applies",
      runtime_flags: "Envoy's default runtime applies",
      server_name: 'the Server header is `envoy`',
      service_port: 'ports come from Listeners',
      statsd: 'statistics are not sent to statsd',
      strict_match: 'it has no effect',
      suppress_envoy_headers: 'Envoy adds its x-envoy headers',
      use_proxy_proto: 'it has no effect; a Listener of protocol HTTPPROXY or HTTPSPROXY expects PROXY headers',
      x_forwarded_proto_redirect: 'it has no effect; a Host redirects cleartext with requestPolicy.insecure.action',
      xff_num_trusted_hops: "it has no effect; a Listener's l7Depth says how many proxies are trusted",
    }),
  } as Readonly<Record<string, Unsupported>>,
} as const satisfies KindModel<typeof schema>;
