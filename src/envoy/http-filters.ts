import type { HttpAction } from '../ir/listener';
import { buffer } from './filters/buffer';
import { compressor } from './filters/compressor';
import { cors } from './filters/cors';
import { extAuthz } from './filters/ext-authz';
import { grpcHttp1Bridge, grpcStats, grpcWeb } from './filters/grpc';
import { healthChecks } from './filters/health-check';
import type { HttpFilter, HttpFilterOf } from './filters/http-filter';
import { lua } from './filters/lua';
import { rateLimit } from './filters/rate-limit';
import { rbac } from './filters/rbac';
import { router } from './filters/router';

/**
 * Every HTTP filter, one kind per file, in the order in which a request passes them (responses go the other way): those of the
 * Module, cors, ext_authz, ratelimit, router. What the Module bars is thus barred before anybody is asked about it; scripts see
 * responses before they are compressed.
 */
const FILTERS: readonly HttpFilterOf[] = Object.freeze([
  rbac,
  healthChecks,
  compressor,
  grpcHttp1Bridge,
  grpcWeb,
  grpcStats,
  lua,
  buffer,
  cors,
  extAuthz,
  rateLimit,
  router,
]);

export function httpFilters(action: HttpAction): HttpFilter[] {
  return FILTERS.flatMap((filter) => filter(action) ?? []);
}
