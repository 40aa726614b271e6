import type { RouteMatch, ValueMatcher } from '../ir/route-configuration';
import { queryOf, withoutQuery } from './request-path';
import { matchesWhole } from './regular-expression';
import type { RequestHeaders } from './request-headers';
import { valueMatches } from './value-match';

/** Whether a route takes a request, its share of requests aside (Envoy, "RouteMatch"). The path is the normalised one. */
export function routeMatches(match: RouteMatch, path: string, headers: RequestHeaders): boolean {
  return (
    pathMatches(match.path, withoutQuery(path)) &&
    match.headers.every((matcher) => headers.all(matcher.name).some((value) => valueMatches(matcher, value))) &&
    queryMatches(match, path)
  );
}

function pathMatches(matcher: RouteMatch['path'], path: string): boolean {
  if (matcher.type === 'regex') return matchesWhole(matcher.value, path);
  const [wanted, actual] = matcher.caseSensitive
    ? [matcher.value, path]
    : [matcher.value.toLowerCase(), path.toLowerCase()];
  switch (matcher.type) {
    case 'exact':
      return actual === wanted;
    case 'prefix':
      return actual.startsWith(wanted);
    case 'path_separated_prefix':
      return actual === wanted || actual.startsWith(`${wanted}/`);
  }
}

function queryMatches({ queryParameters }: RouteMatch, path: string): boolean {
  if (queryParameters.length === 0) return true;
  const parameters = queryParametersOf(path);
  return queryParameters.every((matcher) => matchesParameter(matcher, parameters.get(matcher.name)));
}

function matchesParameter(matcher: ValueMatcher, value: string | undefined): boolean {
  return value !== undefined && valueMatches(matcher, value);
}

/** Nothing is decoded, and of several values the first counts. */
function queryParametersOf(path: string): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>();
  for (const pair of queryOf(path).slice(1).split('&')) {
    const [name = '', ...value] = pair.split('=');
    if (!parameters.has(name)) parameters.set(name, value.join('='));
  }
  return parameters;
}
