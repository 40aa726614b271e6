import type { HealthCheck as Input } from '../ir/health-check';
import type { EnvoyMessages } from '../protos';
import { duration } from './duration';
import { headerOptions } from './header-options';

type HealthCheck = EnvoyMessages['envoy.config.core.v3.HealthCheck'];

/** Envoy 1.40 wants names where a cluster has several. */
export function healthChecks(inputs: readonly Input[], http2: boolean): HealthCheck[] {
  return inputs.map((input, index) => ({
    ...(inputs.length > 1 && { name: String(index + 1) }),
    ...healthCheck(input, http2),
  }));
}

function healthCheck(input: Input, http2: boolean): HealthCheck {
  return {
    timeout: duration(input.timeoutMs),
    interval: duration(input.intervalMs),
    unhealthy_threshold: { value: input.unhealthyThreshold },
    healthy_threshold: { value: input.healthyThreshold },
    ...protocol(input.protocol, http2),
  };
}

function protocol(input: Input['protocol'], http2: boolean): HealthCheck {
  if (input.type === 'grpc') {
    const { service, authority } = input;
    return { grpc_health_check: { service_name: service, ...(authority !== undefined && { authority }) } };
  }
  const { path, host, headers, expected } = input;
  return {
    http_health_check: {
      path,
      ...(host !== undefined && { host }),
      ...(headers.add.length > 0 && { request_headers_to_add: headerOptions(headers.add) }),
      ...(headers.remove.length > 0 && { request_headers_to_remove: [...headers.remove] }),
      // The end of Envoy's range is not part of it.
      ...(expected.length > 0 && {
        expected_statuses: expected.map(({ first, last }) => ({ start: first, end: last + 1 })),
      }),
      ...(http2 && { codec_client_type: 'HTTP2' }),
    },
  };
}
