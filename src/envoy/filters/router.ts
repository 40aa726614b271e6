import type { HttpAction } from '../../ir/listener';
import { any } from '../../protos';
import { lazy } from '../memo';
import type { HttpFilter } from './http-filter';

const NAME = 'envoy.filters.http.router';
const ROUTER = 'envoy.extensions.filters.http.router.v3.Router';

const plain = lazy<HttpFilter>(() => ({ name: NAME, typed_config: any(ROUTER, {}) }));
const discreet = lazy<HttpFilter>(() => ({ name: NAME, typed_config: any(ROUTER, { suppress_envoy_headers: true }) }));

/** Sends requests to their clusters; always the last filter. */
export function router({ options }: HttpAction): HttpFilter {
  return options.suppressEnvoyHeaders ? discreet() : plain();
}
