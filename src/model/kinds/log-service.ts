import { type Static, Type } from '@sinclair/typebox';
import { type Immutable, type KindModel, ambassadorId, oneOf, strictObject } from './kind-model';
import { headerName, OLD_PROTOCOL, statsName, upstreamTls } from './service-fields';

const during = (what: string) =>
  Type.Optional(
    Type.Boolean({
      description: `Log it as a header of the ${what}.`,
      default: true,
      'x-envoy': `HttpGrpcAccessLogConfig.additional_${what.replace(' ', '_')}${what.endsWith('trailers') ? '' : '_headers'}_to_log`,
    }),
  );

const schema = strictObject({
  ambassador_id: Type.Optional(ambassadorId),
  service: Type.String({
    minLength: 1,
    description: 'The gRPC service that access logs are sent to: `[http://|https://]host[.namespace][:port]`.',
    'x-envoy': 'Cluster.load_assignment',
  }),
  driver: {
    ...oneOf(['http', 'tcp'], 'Whether requests or connections are logged.'),
    'x-envoy': 'HttpGrpcAccessLogConfig, TcpGrpcAccessLogConfig',
  },
  driver_config: Type.Optional(
    strictObject(
      {
        additional_log_headers: Type.Optional(
          Type.Array(
            strictObject({
              header_name: headerName('a header name: the header that is logged', 'HttpGrpcAccessLogConfig'),
              during_request: during('request'),
              during_response: during('response'),
              during_trailer: during('response trailers'),
            }),
            { description: 'Headers that are logged beside the usual ones. With `driver: http` only.' },
          ),
        ),
      },
      { description: 'More to log.' },
    ),
  ),
  flush_interval_time: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 2_147_483,
      default: 1,
      description: 'How long entries are held back, to be sent together. In seconds.',
      'x-envoy': 'CommonGrpcAccessLogConfig.buffer_flush_interval',
    }),
  ),
  flush_interval_byte_size: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 4_294_967_295,
      default: 16_384,
      description: 'How many bytes of entries are held back; 0 sends each at once.',
      'x-envoy': 'CommonGrpcAccessLogConfig.buffer_size_bytes',
    }),
  ),
  grpc: Type.Optional(
    Type.Boolean({
      description: 'The service speaks gRPC: no other does.',
      default: true,
      'x-envoy': 'HttpProtocolOptions.explicit_http_config',
      'x-ambassador': 'Ambassador’s default is `false`, with which it logs nothing; here `false` is an error (CS5057).',
    }),
  ),
  protocol_version: Type.Optional({
    ...oneOf(['v3'], "Version of Envoy's gRPC protocol."),
    default: 'v3',
    'x-envoy': 'CommonGrpcAccessLogConfig.transport_api_version',
    'x-ambassador': 'Ambassador’s default is v2, which it refuses itself.',
  }),
  tls: upstreamTls('Addition: Ambassador knows TLS without verification only, by `https://`.'),
  stats_name: statsName,
});

/** `LogService.spec`; see Ambassador's reference, "Log service". */
export type LogServiceSpec = Immutable<Static<typeof schema>>;

export const logService = {
  about: 'A service that is sent the access logs, beside the lines on standard output.',
  group: 'getambassador.io',
  versions: ['v3alpha1', 'v2', 'v1'],
  at: 'spec',
  schema,
  strict: true,
  unsupported: { 'protocol_version=v2': OLD_PROTOCOL },
} as const satisfies KindModel<typeof schema>;
