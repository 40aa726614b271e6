import type { RouteAction, RouteMatch } from '../ir/route-configuration';
import { portStart } from './authority';
import type { RequestHeaders } from './request-headers';
import { queryOf, withoutQuery } from './request-path';
import { rewritten } from './rewrite';

type Redirect = Extract<RouteAction, { type: 'redirect' }>;
const DEFAULT_PORTS: Readonly<Record<string, string>> = { http: ':80', https: ':443' };

/** The Location that Envoy builds for a redirect (Envoy, "RedirectAction"). The query goes along unless `path` brings its own. */
export function location(redirect: Redirect, match: RouteMatch['path'], path: string, headers: RequestHeaders): string {
  const scheme = redirect.scheme ?? headers.get(':scheme') ?? '';
  const host = redirect.host ?? requestHost(headers, scheme);
  return `${scheme}://${host}${redirectPath(redirect, match, path)}`;
}

function redirectPath({ path: target }: Redirect, match: RouteMatch['path'], path: string): string {
  if (target === undefined) return path;
  const changed = targetPath(target, match, path);
  return changed.startsWith('/') ? changed : `/${changed}`;
}

/** An empty target changes nothing. */
function targetPath(target: NonNullable<Redirect['path']>, match: RouteMatch['path'], path: string): string {
  if (target.type === 'regex') {
    const changed = rewritten(path, match, target);
    return withoutQuery(changed) === '' ? path : changed;
  }
  if (target.value === '') return path;
  if (target.type === 'prefix') return rewritten(path, match, { type: 'prefix', value: target.value });
  return target.value.includes('?') ? target.value : target.value + queryOf(path);
}

/** Where the scheme changes, the port that the old one implied is dropped. */
function requestHost(headers: RequestHeaders, scheme: string): string {
  const authority = headers.get(':authority') ?? '';
  const forwarded = headers.get('x-forwarded-proto') ?? '';
  const start = portStart(authority);
  const implied = DEFAULT_PORTS[forwarded.toLowerCase()];
  const dropped = start !== undefined && scheme !== forwarded && authority.slice(start) === implied;
  return dropped ? authority.slice(0, start) : authority;
}
