import type { Specs } from '../model/kinds';
import { parseService } from '../resolution/service-reference';
import type { RouteAction } from './route-configuration';

type Redirect = Extract<RouteAction, { type: 'redirect' }>;

/** `host_redirect`: the authority is the Mapping’s `service` as written; its `https://` is the scheme of the redirect. */
export function redirectAction(spec: Specs['Mapping']): Redirect {
  const parsed = parseService(spec.service);
  const service = parsed.ok ? parsed.service : undefined;
  const host = service?.host.includes(':') === true ? `[${service.host}]` : service?.host;
  const path = redirectPath(spec);
  return {
    type: 'redirect',
    ...(service?.scheme === 'https' && { scheme: 'https' }),
    ...(host !== undefined && { host: service?.port === undefined ? host : `${host}:${service.port}` }),
    ...(path !== undefined && { path }),
    status: spec.redirect_response_code ?? 301,
  };
}

/** `path_redirect` before `prefix_redirect` before `regex_redirect`. */
function redirectPath({ path_redirect, prefix_redirect, regex_redirect }: Specs['Mapping']): Redirect['path'] {
  if (path_redirect !== undefined) return { type: 'path', value: path_redirect };
  if (prefix_redirect !== undefined) return { type: 'prefix', value: prefix_redirect };
  if (regex_redirect === undefined) return undefined;
  return { type: 'regex', pattern: regex_redirect.pattern, substitution: regex_redirect.substitution };
}
