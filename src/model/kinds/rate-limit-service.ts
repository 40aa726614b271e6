import { type Static, Type } from '@sinclair/typebox';
import { type Immutable, type KindModel, ambassadorId, oneOf, strictObject } from './kind-model';
import { milliseconds, OLD_PROTOCOL, statsName, upstreamTls } from './service-fields';

const schema = strictObject({
  ambassador_id: Type.Optional(ambassadorId),
  service: Type.String({
    minLength: 1,
    description: 'The gRPC service that is asked: `[http://|https://]host[.namespace][:port]`.',
    'x-envoy': 'Cluster.load_assignment',
  }),
  domain: Type.Optional(
    Type.String({
      minLength: 1,
      description: "Whose `labels` are sent; default: the Module's `default_label_domain`, else `ambassador`.",
      'x-envoy': 'RateLimit.domain',
    }),
  ),
  protocol_version: Type.Optional({
    ...oneOf(['v3'], "Version of Envoy's gRPC protocol."),
    default: 'v3',
    'x-envoy': 'RateLimitServiceConfig.transport_api_version',
    'x-ambassador': 'Ambassador’s default is v2, which it refuses itself.',
  }),
  timeout_ms: milliseconds('How long the service may take to answer.', 20, 'RateLimit.timeout'),
  tls: upstreamTls(),
  failure_mode_deny: Type.Optional(
    Type.Boolean({
      description: 'Answer 500 while the service cannot be asked, instead of letting requests through.',
      default: false,
      'x-envoy': 'RateLimit.failure_mode_deny',
      'x-ambassador':
        'Better: it also decides what happens while the definition itself is out of service: with it, requests that carry labels get 503.',
    }),
  ),
  grpc: Type.Optional(
    strictObject(
      {
        use_resource_exhausted_code: Type.Optional(
          Type.Boolean({
            description: 'Tell gRPC clients RESOURCE_EXHAUSTED instead of UNAVAILABLE.',
            default: false,
            'x-envoy': 'RateLimit.rate_limited_as_resource_exhausted',
          }),
        ),
      },
      { description: 'What gRPC clients are told.', 'x-envoy': 'RateLimit' },
    ),
  ),
  stats_name: statsName,
});

/** `RateLimitService.spec`; see Ambassador's reference, "Rate limit service". */
export type RateLimitServiceSpec = Immutable<Static<typeof schema>>;

export const rateLimitService = {
  about:
    'The service that is asked whether a request is within its limits, by the labels that its Mapping and the Module give it.',
  group: 'getambassador.io',
  versions: ['v3alpha1', 'v2', 'v1'],
  at: 'spec',
  schema,
  strict: true,
  unsupported: { 'protocol_version=v2': OLD_PROTOCOL },
  // Of one that is rejected, so much must be known: which requests it is about, and what becomes of them without it.
  deciding: ['ambassador_id', 'domain', 'failure_mode_deny'],
  placeholders: { service: '' },
} as const satisfies KindModel<typeof schema>;
