import type { GrpcStats } from '../../ir/http-filter-options';
import type { HttpAction } from '../../ir/listener';
import { any } from '../../protos';
import { lazy, memoised } from '../memo';
import type { HttpFilter } from './http-filter';

const bridge = lazy<HttpFilter>(() => ({
  name: 'envoy.filters.http.grpc_http1_bridge',
  typed_config: any('envoy.extensions.filters.http.grpc_http1_bridge.v3.Config', {}),
}));

const web = lazy<HttpFilter>(() => ({
  name: 'envoy.filters.http.grpc_web',
  typed_config: any('envoy.extensions.filters.http.grpc_web.v3.GrpcWeb', {}),
}));

const stats = memoised(
  ({ methods, upstream }: GrpcStats): HttpFilter => ({
    name: 'envoy.filters.http.grpc_stats',
    typed_config: any('envoy.extensions.filters.http.grpc_stats.v3.FilterConfig', {
      ...(typeof methods === 'string'
        ? { stats_for_all_methods: { value: methods === 'all' } }
        : {
            individual_method_stats_allowlist: {
              services: methods.map(({ service, methods: names }) => ({ name: service, method_names: [...names] })),
            },
          }),
      enable_upstream_stats: upstream,
    }),
  }),
);

/** `enable_grpc_http11_bridge` (Envoy, "gRPC HTTP/1.1 bridge"). */
export function grpcHttp1Bridge({ options }: HttpAction): HttpFilter | undefined {
  return options.filters.grpcHttp1Bridge ? bridge() : undefined;
}

/** `enable_grpc_web` (Envoy, "gRPC-Web"). */
export function grpcWeb({ options }: HttpAction): HttpFilter | undefined {
  return options.filters.grpcWeb ? web() : undefined;
}

/** `grpc_stats` (Envoy, "gRPC Statistics"). */
export function grpcStats({ options }: HttpAction): HttpFilter | undefined {
  const { grpcStats: input } = options.filters;
  return input && stats(input);
}
