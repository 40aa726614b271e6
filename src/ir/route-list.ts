import { Memo } from '../resolution/memo';
import type { Route } from './route-configuration';

const parts = new WeakMap<readonly Route[], readonly (readonly Route[])[]>();
const joints = new Memo<readonly Route[], readonly Route[]>();

/**
 * Joins lists of routes. Whoever works something out about ten thousand routes can ask what the list was joined of, and need only do it for
 * those parts that are new. The same lists are the same list again.
 */
export function joinRoutes(lists: readonly (readonly Route[])[]): readonly Route[] {
  const join = () => {
    const joined = ([] as Route[]).concat(...lists);
    parts.set(joined, lists.flatMap(partsOf));
    return joined;
  };
  const [first] = lists;
  return first === undefined ? join() : joints.get(first, '', lists, join);
}

/** What `joinRoutes` was given, down to the smallest; the list itself, if it was not joined. */
export function partsOf(routes: readonly Route[]): readonly (readonly Route[])[] {
  return parts.get(routes) ?? [routes];
}
