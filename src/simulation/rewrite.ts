import type { PathRewrite, RouteMatch } from '../ir/route-configuration';
import { replaceAll } from './regular-expression';
import { queryOf, withoutQuery } from './request-path';

/**
 * The path after `prefix_rewrite` or `regex_rewrite`, query included. What a prefix match took is replaced; an exact or
 * regular-expression match took all of the path. A regular expression replaces every match in the path.
 */
export function rewritten(path: string, match: RouteMatch['path'], rewrite: PathRewrite): string {
  const bare = withoutQuery(path);
  const value =
    rewrite.type === 'regex'
      ? replaceAll(bare, rewrite.pattern, rewrite.substitution)
      : rewrite.value + bare.slice(isPrefix(match) ? match.value.length : bare.length);
  return value + queryOf(path);
}

function isPrefix({ type }: RouteMatch['path']): boolean {
  return type === 'prefix' || type === 'path_separated_prefix';
}
