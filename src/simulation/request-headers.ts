import type { HttpAction } from '../ir/listener';
import { type ClientAddress, clientAddress } from './client-address';
import type { SimulatedRequest } from './request';

/** The headers by which routes are matched. */
export class RequestHeaders {
  readonly #values: ReadonlyMap<string, readonly string[]>;

  constructor(values: ReadonlyMap<string, readonly string[]>) {
    this.#values = values;
  }

  /** Each value of a header, in any case of its name. One of them must match: Envoy does not look at several as one list. */
  all(name: string): readonly string[] {
    const key = name.toLowerCase();
    return this.#values.get(key === 'host' ? ':authority' : key) ?? [];
  }

  /** The first value. */
  get(name: string): string | undefined {
    return this.all(name)[0];
  }
}

/** The headers that Envoy keeps as one line, several joined by commas. */
const JOINED: ReadonlySet<string> = new Set([
  'accept',
  'accept-encoding',
  'access-control-request-headers',
  'access-control-request-method',
  'authorization',
  'cache-control',
  'connection',
  'content-type',
  'grpc-accept-encoding',
  'grpc-timeout',
  'if-match',
  'if-modified-since',
  'if-none-match',
  'if-range',
  'origin',
  'pragma',
  'referer',
  'te',
  'upgrade',
  'user-agent',
  'via',
  'x-client-trace-id',
  'x-envoy-attempt-count',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-port',
  'x-forwarded-proto',
]);
/** Headers about one connection only (RFC 9110 §7.6.1), and what a client must not tell Envoy. */
const REMOVED = [
  'host',
  'connection',
  'upgrade',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'x-envoy-internal',
  'x-envoy-decorator-operation',
  'x-envoy-downstream-service-cluster',
  'x-envoy-downstream-service-node',
  'x-envoy-retry-on',
  'x-envoy-retry-grpc-on',
  'x-envoy-max-retries',
  'x-envoy-upstream-alt-stat-name',
  'x-envoy-upstream-rq-timeout-ms',
  'x-envoy-upstream-rq-per-try-timeout-ms',
  'x-envoy-upstream-rq-timeout-alt-response',
  'x-envoy-expected-rq-timeout-ms',
  'x-envoy-force-trace',
  'x-envoy-ip-tags',
  'x-envoy-original-url',
  'x-envoy-original-path',
  'x-envoy-original-host',
  'x-envoy-hedge-on-per-try-timeout',
];
/** Stands for the one that Envoy generates. */
const REQUEST_ID = '00000000-0000-4000-8000-000000000000';

/**
 * What Envoy makes of a client’s headers before it looks for a route (Envoy, "HTTP header sanitizing").
 * X-Forwarded-Proto is that of the connection unless trusted proxies stand before the Listener and have said otherwise, or
 * `use_remote_address` is off.
 */
export function requestHeaders(
  request: SimulatedRequest,
  action: HttpAction,
  seen: { readonly authority: string; readonly path: string },
): RequestHeaders {
  const values = received(request);
  for (const name of REMOVED) values.delete(name);
  if (values.get('te')?.[0] !== 'trailers') values.delete('te');
  const scheme = request.tls === undefined ? 'http' : 'https';
  const { useRemoteAddress, preserveExternalRequestId } = action.options;
  const overwritten = useRemoteAddress && action.trustedHops === 0;
  if (overwritten || !values.has('x-forwarded-proto')) values.set('x-forwarded-proto', [scheme]);
  const forwardedProto = values.get('x-forwarded-proto')?.[0] ?? '';
  const forwardedFor = values.get('x-forwarded-for')?.[0];
  if (useRemoteAddress) {
    const peer = request.proxyProtocol?.sourceAddress ?? request.remoteAddress ?? '127.0.0.1';
    values.set('x-forwarded-for', [forwardedFor === undefined ? peer : `${forwardedFor},${peer}`]);
    values.set('x-envoy-external-address', [clientAddress(request, forwardedFor, action).remote]);
  }
  const keepsRequestId = preserveExternalRequestId || !useRemoteAddress;
  if (!keepsRequestId || !values.has('x-request-id')) values.set('x-request-id', [REQUEST_ID]);
  const { forward } = action.forwardClientCertificate;
  if (forward === 'sanitize' || (forward !== 'always_forward_only' && request.tls?.certificate === undefined)) {
    values.delete('x-forwarded-client-cert');
  }
  values.set(':method', [request.method ?? 'GET']);
  values.set(':authority', [seen.authority]);
  values.set(':path', [seen.path]);
  values.set(':scheme', /^https?$/i.test(forwardedProto) ? [forwardedProto.toLowerCase()] : [scheme]);
  return new RequestHeaders(values);
}

/** Who sends a request. */
export function addressOf(request: SimulatedRequest, action: HttpAction): ClientAddress {
  return clientAddress(request, received(request).get('x-forwarded-for')?.[0], action);
}

/** The protocol to which a client asks to change the connection (RFC 9110 §7.8); undefined if it does not. Envoy passes `h2c` over. */
export function upgradeAskedFor(request: SimulatedRequest): string | undefined {
  const values = received(request);
  const asks = /(^|,)[ \t]*upgrade[ \t]*(,|$)/i.test(values.get('connection')?.[0] ?? '');
  const protocol = values.get('upgrade')?.[0];
  return asks && protocol?.toLowerCase() !== 'h2c' ? protocol : undefined;
}

function received({ headers = {} }: SimulatedRequest): Map<string, readonly string[]> {
  const values = new Map<string, readonly string[]>();
  for (const [written, lines] of Object.entries(headers)) {
    const name = written.toLowerCase();
    const trimmed = [lines].flat().map((line) => line.replace(/^[ \t]+|[ \t]+$/g, ''));
    const all = [...(values.get(name) ?? []), ...trimmed];
    values.set(name, JOINED.has(name) ? [all.join(',')] : all);
  }
  return values;
}
