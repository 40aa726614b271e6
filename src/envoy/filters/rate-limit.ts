import { any } from '../../protos';
import { duration } from '../duration';
import type { HttpFilterOf } from './http-filter';

/** Asks the RateLimitService about requests whose route gives them labels (Envoy, "Rate limit"). */
export const rateLimit: HttpFilterOf = ({ services: { rateLimit: service } }) =>
  service && {
    name: 'envoy.filters.http.ratelimit',
    typed_config: any('envoy.extensions.filters.http.ratelimit.v3.RateLimit', {
      domain: service.domain,
      timeout: duration(service.timeoutMs),
      ...(service.failureModeDeny && { failure_mode_deny: true }),
      ...(service.resourceExhausted && { rate_limited_as_resource_exhausted: true }),
      rate_limit_service: {
        grpc_service: { envoy_grpc: { cluster_name: service.cluster } },
        transport_api_version: 'V3',
      },
    }),
  };
