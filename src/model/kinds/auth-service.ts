import { type Static, Type } from '@sinclair/typebox';
import { type Immutable, type KindModel, ambassadorId, oneOf, oneOfIntegers, strictObject } from './kind-model';
import { circuitBreakers } from './mapping-cluster-fields';
import { headerNames, milliseconds, OLD_PROTOCOL, statsName, upstreamTls } from './service-fields';

/** The 4xx and 5xx that Envoy knows (envoy.type.v3.StatusCode). */
const ERROR_STATUSES = [
  400, 401, 402, 403, 404, 405, 406, 407, 408, 409, 410, 411, 412, 413, 414, 415, 416, 417, 421, 422, 423, 424, 426,
  428, 429, 431, 500, 501, 502, 503, 504, 505, 506, 507, 508, 510, 511,
] as const;

const schema = strictObject({
  ambassador_id: Type.Optional(ambassadorId),
  auth_service: Type.String({
    minLength: 1,
    description: 'The service that is asked about each request: `[http://|https://]host[.namespace][:port]`.',
    'x-envoy': 'Cluster.load_assignment',
    'x-ambassador': 'Ambassador shares requests out among several AuthServices; here there may be one (CS5055).',
  }),
  proto: Type.Optional({
    ...oneOf(['http', 'grpc'], "Whether the service is asked by an HTTP request or by Envoy's gRPC protocol."),
    default: 'http',
    'x-envoy': 'ExtAuthz.http_service, ExtAuthz.grpc_service',
  }),
  protocol_version: Type.Optional({
    ...oneOf(['v3'], "Version of Envoy's gRPC protocol. With `proto: grpc` only."),
    default: 'v3',
    'x-envoy': 'ExtAuthz.transport_api_version',
    'x-ambassador': 'Ambassador’s default is v2, which it refuses itself.',
  }),
  tls: upstreamTls(),
  path_prefix: Type.Optional(
    Type.String({
      pattern: '^(?:/[^\\s?#]*)?$',
      description:
        'a path that is put before that of the request: what the service is asked for; empty is none. With `proto: http` only',
      'x-envoy': 'HttpService.path_prefix',
    }),
  ),
  timeout_ms: milliseconds('How long the service may take to answer.', 5000, 'HttpUri.timeout, GrpcService.timeout'),
  allowed_request_headers: headerNames(
    'Headers of the request that the service is told, beside authorization, cookie, from, proxy-authorization, user-agent and the x-forwarded-for, -host and -proto headers. With `proto: http` only; gRPC services are told all.',
    'ExtAuthz.allowed_headers',
  ),
  allowed_authorization_headers: headerNames(
    'Headers of the answer that are passed on, to the upstream where it allows the request and to the client where it does not, beside authorization, location, proxy-authenticate, set-cookie and www-authenticate. With `proto: http` only.',
    'AuthorizationResponse.allowed_upstream_headers, AuthorizationResponse.allowed_client_headers',
  ),
  add_auth_headers: Type.Optional(
    Type.Record(Type.String(), Type.String({ pattern: '^[^\\0\\r\\n]*$', description: 'a header value on one line' }), {
      propertyNames: { pattern: "^[A-Za-z0-9!#$%&'*+.^_`|~-]+$", maxLength: 256, description: 'a header name' },
      description: 'Headers added to what the service is asked. With `proto: http` only.',
      'x-envoy': 'AuthorizationRequest.headers_to_add',
    }),
  ),
  add_linkerd_headers: Type.Optional(
    Type.Boolean({
      description:
        'Tell Linkerd where the question goes, by `l5d-dst-override`; without it, the Module says so. With `proto: http` only.',
      'x-envoy': 'AuthorizationRequest.headers_to_add',
    }),
  ),
  include_body: Type.Optional(
    strictObject(
      {
        max_bytes: Type.Integer({
          minimum: 1,
          maximum: 4_294_967_295,
          description:
            'How much of the body is held back and sent. A longer one is refused with 413 unless `allow_partial`.',
          'x-envoy': 'BufferSettings.max_request_bytes',
        }),
        allow_partial: Type.Boolean({
          description: 'Ask about the first `max_bytes` of a longer body.',
          'x-envoy': 'BufferSettings.allow_partial_message',
        }),
      },
      { description: 'Send the body of the request along.', 'x-envoy': 'ExtAuthz.with_request_body' },
    ),
  ),
  allow_request_body: Type.Optional(
    Type.Boolean({
      description: 'Deprecated form of `include_body: {max_bytes: 4096, allow_partial: true}`, which wins over it.',
      default: false,
      'x-envoy': 'ExtAuthz.with_request_body',
    }),
  ),
  failure_mode_allow: Type.Optional(
    Type.Boolean({
      description: 'Let requests through unauthenticated while the service cannot be asked.',
      default: false,
      'x-envoy': 'ExtAuthz.failure_mode_allow',
      'x-ambassador': 'Better: a warning (CS4045), and an error with --strict.',
    }),
  ),
  status_on_error: Type.Optional(
    strictObject(
      {
        code: Type.Optional({
          ...oneOfIntegers(ERROR_STATUSES, 'The status.'),
          default: 403,
          'x-envoy': 'HttpStatus.code',
          'x-ambassador': 'Better: 4xx and 5xx only.',
        }),
      },
      { description: 'What clients get while the service cannot be asked.', 'x-envoy': 'ExtAuthz.status_on_error' },
    ),
  ),
  circuit_breakers: Type.Optional(circuitBreakers),
  stats_name: statsName,
});

/** `AuthService.spec`; see Ambassador's reference, "Authentication service". */
export type AuthServiceSpec = Immutable<Static<typeof schema>>;

export const authService = {
  about:
    'The service that is asked whether a request may pass, unless its Mapping has `bypass_auth: true`. While an AuthService is out of service, so is all that it guards.',
  group: 'getambassador.io',
  versions: ['v3alpha1', 'v2', 'v1'],
  at: 'spec',
  schema,
  strict: true,
  unsupported: {
    'protocol_version=v2': OLD_PROTOCOL,
  },
  // Of one that is rejected, so much must be known: whose requests go unanswered until it is mended.
  deciding: ['ambassador_id'],
  placeholders: { auth_service: '' },
} as const satisfies KindModel<typeof schema>;
