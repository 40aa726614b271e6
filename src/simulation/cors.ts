import type { CorsPolicy } from '../ir/route-configuration';
import type { RequestHeaders } from './request-headers';

/**
 * Whether Envoy answers for the upstream: a preflight (Fetch, "CORS-preflight request") of an origin that the policy knows. Those
 * of other origins are passed on like any request.
 */
export function isAnsweredPreflight({ origins }: CorsPolicy, headers: RequestHeaders): boolean {
  const origin = headers.get('origin') ?? '';
  return (
    headers.get(':method') === 'OPTIONS' &&
    origin !== '' &&
    (headers.get('access-control-request-method') ?? '') !== '' &&
    (origins.includes('*') || origins.includes(origin))
  );
}
