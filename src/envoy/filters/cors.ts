import type { CorsPolicy } from '../../ir/route-configuration';
import { any, type EnvoyMessages } from '../../protos';
import { lazy } from '../memo';
import { stringMatcher } from '../string-matcher';
import type { HttpFilterOf } from './http-filter';

export const CORS = 'envoy.filters.http.cors';

const filter = lazy(() => ({ name: CORS, typed_config: any('envoy.extensions.filters.http.cors.v3.Cors', {}) }));

/** Only where a route has a policy: those without one pass unchanged either way. */
export const cors: HttpFilterOf = (action) => (action.cors ? filter() : undefined);

/** A route's policy, for its `typed_per_filter_config`. Envoy takes the exact origin `*` for every origin. */
export function corsPolicy(policy: CorsPolicy): EnvoyMessages['google.protobuf.Any'] {
  const { origins, methods, headers, exposedHeaders, credentials, maxAge } = policy;
  const list = (items: readonly string[]) => items.join(', ');
  return any('envoy.extensions.filters.http.cors.v3.CorsPolicy', {
    allow_origin_string_match: origins.map((origin) => stringMatcher('exact', origin)),
    ...(methods.length > 0 && { allow_methods: list(methods) }),
    ...(headers.length > 0 && { allow_headers: list(headers) }),
    ...(exposedHeaders.length > 0 && { expose_headers: list(exposedHeaders) }),
    ...(maxAge !== undefined && { max_age: maxAge }),
    allow_credentials: { value: credentials },
  });
}
