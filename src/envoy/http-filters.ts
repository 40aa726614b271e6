import type { HttpAction } from '../ir/listener';
import { cors } from './filters/cors';
import { extAuthz } from './filters/ext-authz';
import type { HttpFilter, HttpFilterOf } from './filters/http-filter';
import { rateLimit } from './filters/rate-limit';
import { router } from './filters/router';

/**
 * Every HTTP filter, one per file, in the order in which a request passes them (responses go the other way): those of the
 * Module, cors, ext_authz, ratelimit, router. What the Module bars is thus barred before anybody is asked about it.
 */
const FILTERS: readonly HttpFilterOf[] = Object.freeze([cors, extAuthz, rateLimit, router]);

export function httpFilters(action: HttpAction): HttpFilter[] {
  return FILTERS.flatMap((filter) => filter(action) ?? []);
}
