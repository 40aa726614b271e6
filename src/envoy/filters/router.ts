import { any } from '../../protos';
import { lazy } from '../memo';
import type { HttpFilter } from './http-filter';

/** Sends requests to their clusters; always the last filter. */
export const router = lazy<HttpFilter>(() => ({
  name: 'envoy.filters.http.router',
  typed_config: any('envoy.extensions.filters.http.router.v3.Router', {}),
}));
