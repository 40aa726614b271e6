import { invariant } from '../diagnostics/invariant';
import type { Cluster } from '../ir/cluster';
import type { Route, VirtualHost } from '../ir/route-configuration';
import { isAnsweredPreflight } from './cors';
import { location } from './location';
import type { RequestHeaders } from './request-headers';
import { rewritten } from './rewrite';
import { routeMatches } from './route-match';
import type { Outcome, Responded } from './simulation';

/** A request as the routes of a virtual host see it. */
export interface RoutedRequest {
  /** Normalised, with the query. */
  readonly path: string;
  readonly headers: RequestHeaders;
  /** The protocol that it asks for instead of HTTP, such as `websocket`; undefined: none. */
  readonly upgrade: string | undefined;
  readonly clusters: ReadonlyMap<string, Cluster>;
  /** What a filter answers instead of the route. */
  readonly barred: FilterAnswer | undefined;
}

export type FilterAnswer = Pick<Responded, 'status' | 'reason'>;

type Unshared = Outcome extends infer O ? (O extends Outcome ? Omit<O, 'share'> : never) : never;

/**
 * What the routes of a virtual host make of a request, tried in order. Envoy draws one number for it and compares it with the
 * percentage of every route that has one: a route takes what is below its percentage and was not taken before.
 */
export function outcomesOf({ routes }: VirtualHost, request: RoutedRequest): readonly Outcome[] {
  const outcomes: Outcome[] = [];
  let taken = 0;
  for (const route of routes) {
    if (!routeMatches(route.match, request.path, request.headers)) continue;
    const upTo = route.match.percentage ?? 100;
    if (upTo <= taken) continue;
    outcomes.push({ ...outcomeOf(route, request), share: upTo - taken });
    taken = upTo;
    if (taken >= 100) return outcomes;
  }
  const rest: FilterAnswer = request.barred ?? { status: 404, reason: 'no_route' };
  return [...outcomes, { type: 'responded', ...rest, share: 100 - taken }];
}

function outcomeOf(route: Route, { path, headers, clusters, upgrade, barred }: RoutedRequest): Unshared {
  const { action, match } = route;
  if (upgrade !== undefined && !allowsUpgrade(action, upgrade)) {
    return { type: 'responded', route, status: 403, reason: 'upgrade_refused' };
  }
  if (barred !== undefined) return { type: 'responded', route, ...barred };
  if (route.cors !== undefined && isAnsweredPreflight(route.cors, headers)) {
    return { type: 'responded', route, status: 200, reason: 'cors_preflight' };
  }
  switch (action.type) {
    case 'direct_response':
      return { type: 'responded', route, status: action.status, reason: 'direct_response' };
    case 'redirect':
      return {
        type: 'redirected',
        route,
        status: action.status,
        location: location(action, match.path, path, headers),
      };
    case 'forward': {
      const cluster = clusters.get(action.cluster);
      invariant(cluster !== undefined, `the cluster ${action.cluster} is not in the IR`);
      return {
        type: 'forwarded',
        route,
        cluster,
        path: action.rewrite === undefined ? path : rewritten(path, match.path, action.rewrite),
        authority: upstreamAuthority(action.hostRewrite, cluster, headers.get(':authority') ?? ''),
      };
    }
  }
}

function allowsUpgrade(action: Route['action'], upgrade: string): boolean {
  return action.type === 'forward' && action.upgrades?.includes(upgrade.toLowerCase()) === true;
}

/** `auto_host_rewrite` knows a name only where Envoy resolves it. */
function upstreamAuthority(
  rewrite: Extract<Route['action'], { type: 'forward' }>['hostRewrite'],
  { discovery }: Cluster,
  authority: string,
): string {
  if (rewrite?.type === 'literal') return rewrite.value;
  return rewrite?.type === 'auto' && discovery.type === 'strict_dns' ? discovery.address : authority;
}
