import type { Route } from './route-configuration';
import { partsOf } from './route-list';

const ACME_PREFIX = '/.well-known/acme-challenge/';

/** What is asked of a whole list of routes. */
export interface RouteFacts {
  /** Names of the clusters that they send requests to, or copies of requests; one that several send to is there several times. */
  readonly clusters: readonly string[];
  /** Those that answer the challenges of a certificate authority (RFC 8555 §8.3). */
  readonly acme: readonly Route[];
  readonly cors: boolean;
}

const known = new WeakMap<readonly Route[], RouteFacts>();

/** In one pass, and once for each part of the list: going through ten thousand routes for each question shows. */
export function routeFacts(routes: readonly Route[]): RouteFacts {
  let facts = known.get(routes);
  if (facts === undefined) {
    const parts = partsOf(routes);
    facts = parts[0] === routes ? gather(routes) : together(parts.map(routeFacts));
    known.set(routes, facts);
  }
  return facts;
}

function together(facts: readonly RouteFacts[]): RouteFacts {
  return {
    clusters: ([] as string[]).concat(...facts.map(({ clusters }) => clusters)),
    acme: facts.flatMap(({ acme }) => acme),
    cors: facts.some(({ cors }) => cors),
  };
}

function gather(routes: readonly Route[]): RouteFacts {
  const clusters: string[] = [];
  const acme: Route[] = [];
  let cors = false;
  for (const route of routes) {
    const { action, match } = route;
    if (action.type === 'forward') {
      clusters.push(action.cluster);
      if (action.mirror !== undefined) clusters.push(action.mirror.cluster);
    }
    if (match.path.value.startsWith(ACME_PREFIX)) acme.push(route);
    if (route.cors !== undefined) cors = true;
  }
  return { clusters, acme, cors };
}
