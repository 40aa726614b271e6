import { Type } from '@sinclair/typebox';
import { strictObject } from './kind-model';
import { flag } from './module-http';

const RBAC = '`http_filters`: `rbac`';

/** IPv4 or IPv6, alone or as a range in CIDR notation; what exactly is checked by a rule of its own. */
const address = (description: string, envoy: string) =>
  Type.Optional(Type.String({ minLength: 1, description, 'x-envoy': `\`rbac.rules.policies.principals.${envoy}\`` }));

function addresses(description: string) {
  const entry = strictObject(
    {
      peer: address('Address or range (CIDR) of the connection itself, be it a proxy’s.', 'direct_remote_ip'),
      remote: address(
        'Address or range (CIDR) of the client: what trusted proxies say it is, else that of the connection.',
        'remote_ip',
      ),
    },
    { oneOf: [{ required: ['peer'] }, { required: ['remote'] }] },
  );
  const notes = {
    'x-envoy': RBAC,
    'x-ambassador':
      'Better: an entry that cannot be read, an empty list, and both lists at once are errors, upon which nothing is served; Ambassador serves without the entry, or lets everybody in.',
  };
  return Type.Optional(Type.Array(entry, { minItems: 1, description, ...notes }));
}

const COMPRESSION_LEVELS = [
  'DEFAULT_COMPRESSION',
  'BEST_SPEED',
  'COMPRESSION_LEVEL_1',
  'COMPRESSION_LEVEL_2',
  'COMPRESSION_LEVEL_3',
  'COMPRESSION_LEVEL_4',
  'COMPRESSION_LEVEL_5',
  'COMPRESSION_LEVEL_6',
  'COMPRESSION_LEVEL_7',
  'COMPRESSION_LEVEL_8',
  'COMPRESSION_LEVEL_9',
  'BEST_COMPRESSION',
] as const;
const COMPRESSION_STRATEGIES = ['DEFAULT_STRATEGY', 'FILTERED', 'HUFFMAN_ONLY', 'RLE', 'FIXED'] as const;
/** Words of Envoy's API v2 that Ambassador's documentation still has. */
const OLD_LEVELS = ['DEFAULT', 'SPEED', 'BEST'] as const;
const OLD_STRATEGIES = ['DEFAULT', 'HUFFMAN'] as const;

type CompressionLevel = (typeof COMPRESSION_LEVELS)[number] | (typeof OLD_LEVELS)[number];
type CompressionStrategy = (typeof COMPRESSION_STRATEGIES)[number] | (typeof OLD_STRATEGIES)[number];

const bounded = (minimum: number, maximum: number, standard: number, field: string, description: string) =>
  Type.Optional(Type.Integer({ minimum, maximum, description, default: standard, 'x-envoy': `\`gzip.${field}\`` }));

const gzip = strictObject(
  {
    enabled: Type.Optional(
      Type.Boolean({
        description: 'Whether responses are compressed at all.',
        default: true,
        'x-envoy': '`http_filters`: whether `compressor` is there',
        'x-ambassador': 'Better: `false` means no; Ambassador takes no notice of the field.',
      }),
    ),
    memory_level: bounded(1, 9, 5, 'memory_level', 'How much memory zlib may use; more is faster and better.'),
    window_bits: bounded(9, 15, 12, 'window_bits', 'Size of the window, as a power of two.'),
    compression_level: Type.Optional(
      Type.Unsafe<CompressionLevel>({
        type: 'string',
        enum: [...COMPRESSION_LEVELS, ...OLD_LEVELS],
        description: 'How much time is spent on compression.',
        default: 'DEFAULT_COMPRESSION',
        'x-envoy': '`gzip.compression_level`',
        'x-ambassador':
          'Better: `DEFAULT`, `SPEED` and `BEST`, as documented, work too; Envoy refuses what Ambassador makes of them.',
      }),
    ),
    compression_strategy: Type.Optional(
      Type.Unsafe<CompressionStrategy>({
        type: 'string',
        enum: [...COMPRESSION_STRATEGIES, ...OLD_STRATEGIES],
        description: 'What kind of data the compression is tuned for.',
        default: 'DEFAULT_STRATEGY',
        'x-envoy': '`gzip.compression_strategy`',
        'x-ambassador':
          'Better: `DEFAULT` and `HUFFMAN`, as documented, work too; Envoy refuses what Ambassador makes of them.',
      }),
    ),
    min_content_length: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 4_294_967_295,
        description: 'Responses shorter than this are left alone. In bytes.',
        default: 30,
        'x-envoy': '`compressor.response_direction_config.common_config.min_content_length`',
      }),
    ),
    content_type: Type.Optional(
      Type.Array(Type.String({ minLength: 1 }), {
        description: 'Media types that are compressed; where there are none, Envoy’s list of texts.',
        'x-envoy': '`compressor.response_direction_config.common_config.content_type`',
      }),
    ),
    disable_on_etag_header: flag(
      'Leave responses with an ETag alone, rather than weaken it.',
      '`compressor.response_direction_config.disable_on_etag_header`',
    ),
    remove_accept_encoding_header: flag(
      'Keep Accept-Encoding from the upstream, so that it does not compress by itself.',
      '`compressor.response_direction_config.remove_accept_encoding_header`',
    ),
  },
  { description: 'Compress responses for clients that accept gzip.', 'x-envoy': '`http_filters`: `compressor`' },
);

const grpcStats = strictObject(
  {
    all_methods: flag(
      'Count each service and method by its own. Clients choose the names, so this is for trusted clients only.',
      '`grpc_stats.stats_for_all_methods`',
    ),
    services: Type.Optional(
      Type.Array(
        strictObject({
          name: Type.String({
            minLength: 1,
            description: 'Full name of the service, package included.',
            'x-envoy': '`individual_method_stats_allowlist.services.name`',
          }),
          method_names: Type.Array(Type.String({ minLength: 1 }), {
            minItems: 1,
            description: 'Names of its methods.',
            'x-envoy': '`individual_method_stats_allowlist.services.method_names`',
          }),
        }),
        {
          description: 'The services and methods that are counted by their own; it goes before `all_methods`.',
          'x-envoy': '`grpc_stats.individual_method_stats_allowlist`',
        },
      ),
    ),
    upstream_stats: flag('Also measure how long upstreams take.', '`grpc_stats.enable_upstream_stats`'),
  },
  { description: 'Statistics of gRPC calls.', 'x-envoy': '`http_filters`: `grpc_stats`' },
);

const PRESENCE = 'Better: `false` means no; in Ambassador the field turns it on whatever it says.';

/** Fields of the Module that become HTTP filters. */
export const moduleFilterFields = {
  ip_allow: addresses('Only requests from these addresses are let in; others get 403.'),
  ip_deny: addresses('Requests from these addresses get 403.'),
  gzip: Type.Optional(gzip),
  buffer: Type.Optional(
    strictObject(
      {
        max_request_bytes: Type.Integer({
          minimum: 1,
          maximum: 4_294_967_295,
          description: 'Size of a request’s body beyond which it is answered with 413. In bytes.',
          'x-envoy': '`buffer.max_request_bytes`',
        }),
      },
      { description: 'Read requests wholly before they are sent on.', 'x-envoy': '`http_filters`: `buffer`' },
    ),
  ),
  enable_grpc_http11_bridge: flag(
    'Turn answers to gRPC requests that came over HTTP/1.1 into what HTTP/1.1 clients understand.',
    '`http_filters`: `grpc_http1_bridge`',
    { 'x-ambassador': PRESENCE },
  ),
  enable_grpc_web: flag('Speak gRPC-Web with browsers.', '`http_filters`: `grpc_web`', { 'x-ambassador': PRESENCE }),
  grpc_stats: Type.Optional(grpcStats),
  lua_scripts: Type.Optional(
    Type.String({
      minLength: 1,
      description:
        'A Lua script (LuaJIT, 5.1) that defines `envoy_on_request`, `envoy_on_response` or both, for every request. If it fails at a request, Envoy logs that and the request goes on: it is no place for access control.',
      'x-envoy': '`http_filters`: `lua`',
      'x-ambassador':
        'Better: a script with a syntax error, or that defines neither function, is an error of the Module, where Ambassador’s Envoy refuses every update or runs nothing.',
    }),
  ),
};
