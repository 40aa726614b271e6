import type {
  HashPolicy,
  HeaderMutation,
  Mirror,
  PathRewrite,
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
  return {
    match: routeMatch(input.match),
    ...routeAction(input.action),
    ...headerMutation('request', input.requestHeaders),
    ...headerMutation('response', input.responseHeaders),
    ...filterConfigs(input),
  };
}

/** What HTTP filters are to do on this route. */
function filterConfigs({ cors, authorization }: Input): Route {
  if (cors === undefined && authorization === undefined) return {};
  return {
    typed_per_filter_config: {
      ...(cors !== undefined && { [CORS]: corsPolicy(cors) }),
      ...(authorization !== undefined && { [EXT_AUTHZ]: extAuthzPerRoute(authorization) }),
    },
  };
}

function routeMatch({ path, headers, queryParameters, percentage }: RouteMatch): Message<'RouteMatch'> {
  return {
    ...pathMatch(path),
    ...(headers.length > 0 && { headers: headers.map(valueMatch) }),
    ...(queryParameters.length > 0 && { query_parameters: queryParameters.map(valueMatch) }),
    ...(percentage !== undefined && { runtime_fraction: { default_value: fraction(percentage) } }),
  };
}

function fraction(percentage: number): EnvoyMessages['envoy.type.v3.FractionalPercent'] {
  return Number.isInteger(percentage)
    ? { numerator: percentage, denominator: 'HUNDRED' }
    : { numerator: Math.round((percentage / 100) * MILLION), denominator: 'MILLION' };
}

function pathMatch(path: RouteMatch['path']): Message<'RouteMatch'> {
  if (path.type === 'regex') return { safe_regex: { regex: path.value } };
  return {
    ...(path.type === 'exact' ? { path: path.value } : { [path.type]: path.value }),
    ...(!path.caseSensitive && { case_sensitive: { value: false } }),
  };
}

/** Headers and query parameters are matched alike. */
function valueMatch({ name, match, value }: ValueMatcher) {
  return match === 'present' ? { name, present_match: true } : { name, string_match: stringMatcher(match, value) };
}

function routeAction(action: RouteAction): Route {
  if (action.type === 'forward') return { route: forward(action) };
  if (action.type === 'redirect') return { redirect: redirect(action) };
  const { status, body } = action;
  return { direct_response: { status, ...(body !== '' && { body: { inline_string: body } }) } };
}

function forward(action: ForwardAction): Message<'RouteAction'> {
  const { cluster, rewrite, hostRewrite, timeoutMs, idleTimeoutMs, retries, upgrades, priority, mirror, hash } = action;
  const { rateLimits = [] } = action;
  return {
    cluster,
    ...(rewrite !== undefined && pathRewrite(rewrite)),
    ...(hostRewrite?.type === 'literal' && { host_rewrite_literal: hostRewrite.value }),
    ...(hostRewrite?.type === 'auto' && { auto_host_rewrite: { value: true } }),
    timeout: duration(timeoutMs),
    ...(idleTimeoutMs !== undefined && { idle_timeout: duration(idleTimeoutMs) }),
    ...(retries !== undefined && { retry_policy: retryPolicy(retries) }),
    ...(upgrades !== undefined && { upgrade_configs: upgrades.map((upgrade_type) => ({ upgrade_type })) }),
    ...(priority === 'high' && { priority: 'HIGH' }),
    ...(mirror !== undefined && { request_mirror_policies: [mirrorPolicy(mirror)] }),
    ...(hash !== undefined && { hash_policy: [hashPolicy(hash)] }),
    ...(rateLimits.length > 0 && {
      rate_limits: rateLimits.map((labels) => ({ actions: labels.map(rateLimitAction) })),
    }),
  };
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

/** `prefix_rewrite` replaces what matched: the prefix, or the whole of an exact or regular-expression path. */
function pathRewrite(rewrite: PathRewrite) {
  return rewrite.type === 'regex' ? regexRewrite(rewrite) : { prefix_rewrite: rewrite.value };
}

function regexRewrite({ pattern, substitution }: RegexRewrite) {
  return { regex_rewrite: { pattern: { regex: pattern }, substitution } };
}

function redirect({ scheme, host, path, status }: RedirectAction): Message<'RedirectAction'> {
  return {
    ...(scheme === 'https' && { https_redirect: true }),
    ...(host !== undefined && { host_redirect: host }),
    ...(path?.type === 'path' && { path_redirect: path.value }),
    ...(path?.type === 'prefix' && { prefix_rewrite: path.value }),
    ...(path?.type === 'regex' && regexRewrite(path)),
    response_code: REDIRECT_CODES[status],
  };
}

function headerMutation(direction: 'request' | 'response', { add, remove }: HeaderMutation): Route {
  if (add.length === 0 && remove.length === 0) return {};
  return {
    ...(add.length > 0 && { [`${direction}_headers_to_add`]: headerOptions(add) }),
    ...(remove.length > 0 && { [`${direction}_headers_to_remove`]: [...remove] }),
  };
}
