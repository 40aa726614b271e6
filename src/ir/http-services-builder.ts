import { invariant } from '../diagnostics/invariant';
import type { Definition } from '../model/definition';
import { moduleConfig } from '../resolution/module';
import { authGate, rateLimitDomain, rateLimitGate } from '../resolution/plugin-services';
import { upstreamOf } from '../resolution/upstream';
import { type UpstreamOwner, upstreamReferenceOf } from '../resolution/upstream-reference';
import type { BuildContext } from './build-context';
import { extAuthz } from './ext-authz';
import type { ClosedAuthz, GrpcAccessLog, HttpServices } from './http-services';
import { originOf } from './origin';
import { tracing } from './tracing';

/** Ambassador's default, in milliseconds. */
const RATE_LIMIT_TIMEOUT_MS = 20;
/** Envoy's defaults. */
const FLUSH_INTERVAL_S = 1;
const BUFFER_BYTES = 16_384;
const CLOSED: ClosedAuthz = { type: 'closed' };

/** The services of a node group that are in service, with their clusters registered. */
export function httpServices(context: BuildContext, clusterOf: (owner: UpstreamOwner) => string): HttpServices {
  const { definitions, quarantine, policy } = context;
  const auth = authGate(context);
  const limits = rateLimitGate(context);
  const logs = definitions.of('LogService').filter((log) => quarantine.reasonFor(log) === undefined);
  const tracer = definitions.of('TracingService').find((service) => quarantine.reasonFor(service) === undefined);
  const asked = [auth, limits].flatMap((gate) => (gate.type === 'asks' ? [gate.service] : []));
  const used: readonly UpstreamOwner[] = [...asked, ...logs, ...(tracer === undefined ? [] : [tracer])];
  return {
    ...(auth.type === 'asks' && { auth: authorization(auth.service) }),
    ...(auth.type === 'closed' && { auth: CLOSED }),
    ...(limits.type === 'asks' && { rateLimit: rateLimit(limits.service) }),
    accessLogs: logs.map((log) => accessLog(log, clusterOf(log))),
    ...(tracer !== undefined && { tracing: tracing(tracer, clusterOf(tracer)) }),
    origins: used.map(originOf),
  };

  function authorization(service: Definition<'AuthService'>) {
    const upstream = upstreamOf(upstreamReferenceOf(service), definitions, policy);
    invariant(upstream !== undefined, `AuthService ${service.metadata.name} passed validation without a service`);
    return extAuthz(service, clusterOf(service), upstream, moduleConfig(definitions));
  }

  function rateLimit(service: Definition<'RateLimitService'>) {
    const { spec } = service;
    return {
      cluster: clusterOf(service),
      domain: rateLimitDomain(service, definitions),
      timeoutMs: spec.timeout_ms ?? RATE_LIMIT_TIMEOUT_MS,
      failureModeDeny: spec.failure_mode_deny === true,
      resourceExhausted: spec.grpc?.use_resource_exhausted_code === true,
    };
  }
}

function accessLog({ metadata, spec }: Definition<'LogService'>, cluster: string): GrpcAccessLog {
  const headers = spec.driver === 'http' ? (spec.driver_config?.additional_log_headers ?? []) : [];
  const during = (when: 'during_request' | 'during_response' | 'during_trailer') =>
    headers.filter((header) => header[when] !== false).map(({ header_name }) => header_name);
  return {
    type: spec.driver,
    name: metadata.name,
    cluster,
    flushIntervalMs: (spec.flush_interval_time ?? FLUSH_INTERVAL_S) * 1000,
    bufferBytes: spec.flush_interval_byte_size ?? BUFFER_BYTES,
    requestHeaders: during('during_request'),
    responseHeaders: during('during_response'),
    responseTrailers: during('during_trailer'),
  };
}
