import type {
  HashPolicy,
  Mirror,
  RegexRewrite,
  RetryPolicy,
  Route as Input,
  RouteAction,
  RouteMatch,
  ValueMatcher,
} from '../ir/route-configuration';
import type { EnvoyMessages } from '../protos';
import { duration } from './duration';
import { CORS, corsPolicy } from './filters/cors';
import { EXT_AUTHZ, extAuthzPerRoute } from './filters/ext-authz';
import { rateLimitAction } from './rate-limit-action';
import { headerOptions } from './header-options';
import { stringMatcher } from './string-matcher';

export type Route = EnvoyMessages['envoy.config.route.v3.Route'];
type Message<Name extends string> = EnvoyMessages[`envoy.config.route.v3.${Name}` & keyof EnvoyMessages];
type ForwardAction = Extract<RouteAction, { type: 'forward' }>;
type RedirectAction = Extract<RouteAction, { type: 'redirect' }>;

const REDIRECT_CODES = {
  301: 'MOVED_PERMANENTLY',
  302: 'FOUND',
  303: 'SEE_OTHER',
  307: 'TEMPORARY_REDIRECT',
  308: 'PERMANENT_REDIRECT',
} as const;

const MILLION = 1_000_000;

export function route(input: Input): Route {
  const message: Route = { match: routeMatch(input.match) };
  setAction(message, input.action);
  setHeaders(message, input);
  const { cors, authorization } = input;
  if (cors !== undefined || authorization !== undefined) message.typed_per_filter_config = filterConfigs(input);
  return message;
}

/** What HTTP filters are to do on this route. */
function filterConfigs({ cors, authorization }: Input): NonNullable<Route['typed_per_filter_config']> {
  return {
    ...(cors !== undefined && { [CORS]: corsPolicy(cors) }),
    ...(authorization !== undefined && { [EXT_AUTHZ]: extAuthzPerRoute(authorization) }),
  };
}

function routeMatch({ path, headers, queryParameters, percentage }: RouteMatch): Message<'RouteMatch'> {
  const message = pathMatch(path);
  if (headers.length > 0) message.headers = headers.map(valueMatch);
  if (queryParameters.length > 0) message.query_parameters = queryParameters.map(valueMatch);
  if (percentage !== undefined) message.runtime_fraction = { default_value: fraction(percentage) };
  return message;
}

function fraction(percentage: number): EnvoyMessages['envoy.type.v3.FractionalPercent'] {
  return Number.isInteger(percentage)
    ? { numerator: percentage, denominator: 'HUNDRED' }
    : { numerator: Math.round((percentage / 100) * MILLION), denominator: 'MILLION' };
}

function pathMatch(path: RouteMatch['path']): Message<'RouteMatch'> {
  if (path.type === 'regex') return { safe_regex: { regex: path.value } };
  const { type, value, caseSensitive } = path;
  const message: Message<'RouteMatch'> =
    type === 'exact' ? { path: value } : type === 'prefix' ? { prefix: value } : { path_separated_prefix: value };
  if (!caseSensitive) message.case_sensitive = { value: false };
  return message;
}

/** Headers and query parameters are matched alike. */
function valueMatch({ name, match, value }: ValueMatcher) {
  return match === 'present' ? { name, present_match: true } : { name, string_match: stringMatcher(match, value) };
}

function setAction(message: Route, action: RouteAction): void {
  if (action.type === 'forward') message.route = forward(action);
  else if (action.type === 'redirect') message.redirect = redirect(action);
  else {
    const { status, body } = action;
    message.direct_response = { status, ...(body !== '' && { body: { inline_string: body } }) };
  }
}

function forward(action: ForwardAction): Message<'RouteAction'> {
  const { cluster, rewrite, hostRewrite, timeoutMs, idleTimeoutMs, retries, upgrades, priority, mirror, hash } = action;
  const { rateLimits = [] } = action;
  const message: Message<'RouteAction'> = { cluster, timeout: duration(timeoutMs) };
  // `prefix_rewrite` replaces what matched: the prefix, or the whole of an exact or regular-expression path.
  if (rewrite?.type === 'prefix') message.prefix_rewrite = rewrite.value;
  if (rewrite?.type === 'regex') message.regex_rewrite = regexRewrite(rewrite);
  if (hostRewrite?.type === 'literal') message.host_rewrite_literal = hostRewrite.value;
  if (hostRewrite?.type === 'auto') message.auto_host_rewrite = { value: true };
  if (idleTimeoutMs !== undefined) message.idle_timeout = duration(idleTimeoutMs);
  if (retries !== undefined) message.retry_policy = retryPolicy(retries);
  if (upgrades !== undefined) message.upgrade_configs = upgrades.map((upgrade_type) => ({ upgrade_type }));
  if (priority === 'high') message.priority = 'HIGH';
  if (mirror !== undefined) message.request_mirror_policies = [mirrorPolicy(mirror)];
  if (hash !== undefined) message.hash_policy = [hashPolicy(hash)];
  if (rateLimits.length > 0)
    message.rate_limits = rateLimits.map((labels) => ({ actions: labels.map(rateLimitAction) }));
  return message;
}

function retryPolicy({ on, retries, perTryTimeoutMs }: RetryPolicy): Message<'RetryPolicy'> {
  return {
    retry_on: on,
    ...(retries !== undefined && { num_retries: { value: retries } }),
    ...(perTryTimeoutMs !== undefined && { per_try_timeout: duration(perTryTimeoutMs) }),
  };
}

function mirrorPolicy({ cluster, percentage }: Mirror): Message<'RouteAction.RequestMirrorPolicy'> {
  return { cluster, runtime_fraction: { default_value: fraction(percentage) } };
}

function hashPolicy(policy: HashPolicy): Message<'RouteAction.HashPolicy'> {
  switch (policy.type) {
    case 'cookie': {
      const { name, path, ttlMs } = policy;
      return {
        cookie: { name, ...(path !== undefined && { path }), ...(ttlMs !== undefined && { ttl: duration(ttlMs) }) },
      };
    }
    case 'header':
      return { header: { header_name: policy.name } };
    case 'source_ip':
      return { connection_properties: { source_ip: true } };
  }
}

function regexRewrite({ pattern, substitution }: RegexRewrite) {
  return { pattern: { regex: pattern }, substitution };
}

function redirect({ scheme, host, path, status }: RedirectAction): Message<'RedirectAction'> {
  return {
    ...(scheme === 'https' && { https_redirect: true }),
    ...(host !== undefined && { host_redirect: host }),
    ...(path?.type === 'path' && { path_redirect: path.value }),
    ...(path?.type === 'prefix' && { prefix_rewrite: path.value }),
    ...(path?.type === 'regex' && { regex_rewrite: regexRewrite(path) }),
    response_code: REDIRECT_CODES[status],
  };
}

function setHeaders(message: Route, { requestHeaders, responseHeaders }: Input): void {
  if (requestHeaders.add.length > 0) message.request_headers_to_add = headerOptions(requestHeaders.add);
  if (requestHeaders.remove.length > 0) message.request_headers_to_remove = [...requestHeaders.remove];
  if (responseHeaders.add.length > 0) message.response_headers_to_add = headerOptions(responseHeaders.add);
  if (responseHeaders.remove.length > 0) message.response_headers_to_remove = [...responseHeaders.remove];
}
