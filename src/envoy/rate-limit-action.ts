import type { RateLimitLabel } from '../ir/route-configuration';
import type { EnvoyMessages } from '../protos';

type Action = EnvoyMessages['envoy.config.route.v3.RateLimit.Action'];

/** One label of a descriptor. Without its header, `request_headers` leaves the whole descriptor out. */
export function rateLimitAction(label: RateLimitLabel): Action {
  switch (label.type) {
    case 'generic_key':
      return {
        generic_key: { descriptor_value: label.value, ...(label.key !== undefined && { descriptor_key: label.key }) },
      };
    case 'request_headers':
      return { request_headers: { header_name: label.header, descriptor_key: label.key } };
    default:
      return { [label.type]: {} };
  }
}
