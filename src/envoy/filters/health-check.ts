import type { HttpAction } from '../../ir/listener';
import { any } from '../../protos';
import { stringMatcher } from '../string-matcher';
import type { HttpFilter } from './http-filter';

/** One filter per probe that Envoy answers itself (Envoy, "Health check"); the path counts without its query. */
export function healthChecks({ options }: HttpAction): readonly HttpFilter[] {
  return options.filters.probes.map((path) => ({
    name: 'envoy.filters.http.health_check',
    typed_config: any('envoy.extensions.filters.http.health_check.v3.HealthCheck', {
      pass_through_mode: { value: false },
      headers: [{ name: ':path', string_match: stringMatcher('regex', `${path.replace(/\W/g, '\\$&')}(\\?.*)?`) }],
    }),
  }));
}
