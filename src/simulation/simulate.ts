import type { Ir } from '../ir/ir';
import type { FilterChain, HttpAction, Listener } from '../ir/listener';
import { withoutMatchingPort } from './authority';
import { filterChainOf } from './filter-chain';
import { handshakeFailure } from './handshake';
import { type FilterAnswer, outcomesOf } from './outcomes';
import type { SimulatedRequest } from './request';
import { isKeptOut } from './client-address';
import { addressOf, requestHeaders, upgradeAskedFor } from './request-headers';
import { normalisedPath, withoutQuery } from './request-path';
import type { Outcome, Responded, Simulation } from './simulation';
import { proxiedUpstreams } from './tcp-proxy';
import { virtualHostOf } from './virtual-host';

/** RFC 9112 §3.2: what an authority may be made of. */
const AUTHORITY = /^[A-Za-z0-9._~%!$&'()*+,;=:@[\]-]*$/;

/**
 * What a real Envoy with this configuration does to a request, from the connection to the answer or the upstream. HTTP/1.1 is
 * assumed, and HTTP/3 over UDP; the state of the upstream, timeouts and limits are none of its business, nor what an AuthService, a RateLimitService or one of the Module’s filters says.
 *
 * @param at the moment as of which the client’s certificate is judged
 */
export function simulate(ir: Ir, request: SimulatedRequest, at: Date): Simulation {
  const transport = request.transport ?? 'tcp';
  const listener = ir.listeners.find((each) => each.port === request.port && each.transport === transport);
  if (listener === undefined) return { type: 'refused' };
  if (listener.proxyProtocol && request.proxyProtocol === undefined) {
    return { type: 'closed', listener, reason: 'proxy_header_missing' };
  }
  const filterChain = filterChainOf(listener, request);
  if (filterChain === undefined) return { type: 'closed', listener, reason: 'no_filter_chain' };
  const { action, tls } = filterChain;
  if (action.type === 'blocked') return { type: 'closed', listener, filterChain, reason: 'blocked' };
  if (tls === undefined && request.tls !== undefined && action.type === 'http') {
    return { type: 'closed', listener, filterChain, reason: 'tls_not_spoken' };
  }
  if (tls !== undefined && request.tls !== undefined) {
    const failure = handshakeFailure(tls, request.tls, ir, at);
    if (failure !== undefined) return { type: 'handshake_failed', listener, filterChain, ...failure };
  }
  if (action.type === 'http') return answered(ir, request, listener, filterChain, action);
  const upstreams = proxiedUpstreams(action, ir);
  return upstreams.every(({ cluster }) => cluster.discovery.type === 'none')
    ? { type: 'closed', listener, filterChain, reason: 'no_upstream' }
    : { type: 'proxied', listener, filterChain, terminated: tls !== undefined, upstreams };
}

function answered(
  ir: Ir,
  request: SimulatedRequest,
  listener: Listener,
  filterChain: FilterChain,
  action: HttpAction,
): Simulation {
  const found = { type: 'answered', listener, filterChain } as const;
  const path = normalisedPath(request.path ?? '/', action.options);
  if (path === undefined || !AUTHORITY.test(request.authority) || hasBarredHeader(request, action))
    return { ...found, outcomes: only(400, 'bad_request') };
  const localPort = request.proxyProtocol?.destinationPort ?? request.port;
  const authority = action.options.stripMatchingHostPort
    ? withoutMatchingPort(request.authority, localPort)
    : request.authority;
  const headers = requestHeaders(withoutBarredHeaders(request, action), action, { authority, path });
  const virtualHost = virtualHostOf(action.routes, authority);
  const barred = filterAnswer(request, action, path);
  if (virtualHost === undefined) return { ...found, outcomes: only(404, 'no_virtual_host', barred) };
  // Envoy looks for no route where a trusted proxy has left X-Forwarded-Proto empty.
  if (headers.get('x-forwarded-proto') === '')
    return { ...found, virtualHost, outcomes: only(404, 'no_route', barred) };
  const clusters = new Map(ir.clusters.map((cluster) => [cluster.name, cluster]));
  const routed = { path, headers, clusters, upgrade: upgradeAskedFor(request), barred };
  return { ...found, virtualHost, outcomes: outcomesOf(virtualHost, routed) };
}

/** Where the Module bars headers with an underscore. */
function hasBarredHeader({ headers = {} }: SimulatedRequest, { options }: HttpAction): boolean {
  return options.headersWithUnderscores === 'REJECT_REQUEST' && Object.keys(headers).some((name) => name.includes('_'));
}

function withoutBarredHeaders(request: SimulatedRequest, { options }: HttpAction): SimulatedRequest {
  if (options.headersWithUnderscores !== 'DROP_HEADER') return request;
  const kept = Object.entries(request.headers ?? {}).filter(([name]) => !name.includes('_'));
  return { ...request, headers: Object.fromEntries(kept) };
}

/** What a filter before the router answers by itself, whatever the route. */
function filterAnswer(request: SimulatedRequest, action: HttpAction, path: string): FilterAnswer | undefined {
  const { addressRule, probes } = action.options.filters;
  if (addressRule !== undefined && isKeptOut(addressRule, addressOf(request, action)))
    return { status: 403, reason: 'address_refused' };
  return probes.includes(withoutQuery(path)) ? { status: 200, reason: 'probe' } : undefined;
}

function only(status: number, reason: Responded['reason'], barred?: FilterAnswer): readonly Outcome[] {
  return [{ type: 'responded', ...(barred ?? { status, reason }), share: 100 }];
}
