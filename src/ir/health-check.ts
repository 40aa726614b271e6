import type { Specs } from '../model/kinds';
import { addedHeaders } from './header-mutation';
import { milliseconds } from './milliseconds';
import type { HeaderMutation } from './route-configuration';

/** How Envoy checks the endpoints of a cluster itself (Ambassador, "Active health checking"). */
export interface HealthCheck {
  readonly timeoutMs: number;
  readonly intervalMs: number;
  readonly unhealthyThreshold: number;
  readonly healthyThreshold: number;
  readonly protocol:
    | {
        readonly type: 'http';
        readonly path: string;
        readonly host?: string;
        readonly headers: HeaderMutation;
        /** Both ends included; empty means 200 alone. */
        readonly expected: readonly { readonly first: number; readonly last: number }[];
      }
    | { readonly type: 'grpc'; readonly service: string; readonly authority?: string };
}

type Input = NonNullable<Specs['Mapping']['health_checks']>[number];

export function healthCheck({
  health_check,
  timeout = '3s',
  interval = '5s',
  unhealthy_threshold = 2,
  healthy_threshold = 1,
}: Input): HealthCheck {
  return {
    timeoutMs: milliseconds(timeout),
    intervalMs: milliseconds(interval),
    unhealthyThreshold: unhealthy_threshold,
    healthyThreshold: healthy_threshold,
    protocol: protocol(health_check),
  };
}

/** Validation has seen to it that there is one of the two. */
function protocol({ http, grpc }: Input['health_check']): HealthCheck['protocol'] {
  if (http === undefined) {
    const authority = grpc?.authority;
    return { type: 'grpc', service: grpc?.upstream_name ?? '', ...(authority !== undefined && { authority }) };
  }
  const { path, hostname, add_request_headers, remove_request_headers = [], expected_statuses = [] } = http;
  return {
    type: 'http',
    path,
    ...(hostname !== undefined && { host: hostname }),
    headers: {
      add: add_request_headers === undefined ? [] : addedHeaders([add_request_headers]),
      remove: remove_request_headers,
    },
    expected: expected_statuses.map(({ min, max }) => ({ first: min, last: max })),
  };
}
