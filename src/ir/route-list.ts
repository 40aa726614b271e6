import type { Route } from './route-configuration';

const parts = new WeakMap<readonly Route[], readonly (readonly Route[])[]>();

/**
 * Joins lists of routes. Whoever works something out about ten thousand routes can ask what the list was joined of, and need only do it for
 * those parts that are new.
 */
export function joinRoutes(lists: readonly (readonly Route[])[]): readonly Route[] {
  const joined = ([] as Route[]).concat(...lists);
  parts.set(joined, lists.flatMap(partsOf));
  return joined;
}

/** What `joinRoutes` was given, down to the smallest; the list itself, if it was not joined. */
export function partsOf(routes: readonly Route[]): readonly (readonly Route[])[] {
  return parts.get(routes) ?? [routes];
}
