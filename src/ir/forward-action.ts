import type { Definition } from '../model/definition';
import { type MappingGroup, groupWide, ownOrShared } from '../resolution/mapping-group';
import type { ModuleConfig } from '../resolution/module';
import { milliseconds } from './milliseconds';
import type { HashPolicy, Mirror, PathRewrite, RateLimitLabel, RetryPolicy, RouteAction } from './route-configuration';

type Mapping = Definition<'Mapping'>;
type ForwardAction = Extract<RouteAction, { type: 'forward' }>;
type Writable<Object> = { -readonly [Key in keyof Object]: Object[Key] };

/** Ambassador’s default, in milliseconds. */
const REQUEST_TIMEOUT_MS = 3000;

interface Clusters {
  readonly own: string;
  readonly shadow: string | undefined;
  /** What the Module says of clusters whose endpoints are known. */
  readonly loadBalancer: LoadBalancer | undefined;
}

type LoadBalancer = NonNullable<Mapping['spec']['load_balancer']>;

/** Where a Mapping’s requests go, and how. What it does not say itself its group may say, or the Module. */
export function forwardAction(
  mapping: Mapping,
  group: MappingGroup | undefined,
  module: ModuleConfig,
  clusters: Clusters,
  rateLimits: readonly (readonly RateLimitLabel[])[],
): RouteAction {
  const { spec } = mapping;
  const rewrite = pathRewrite(mapping, group);
  const retries = retryPolicy(ownOrShared(mapping, group, 'retry_policy') ?? module.retry_policy);
  const hash = hashPolicy(groupWide(mapping, group, 'load_balancer') ?? clusters.loadBalancer);
  const upgrades = upgradesOf(mapping, group);
  const mirror = mirrorOf(group, clusters.shadow);
  const timeoutMs = spec.timeout_ms ?? module.cluster_request_timeout_ms ?? REQUEST_TIMEOUT_MS;
  const action: Writable<ForwardAction> = { type: 'forward', cluster: clusters.own, timeoutMs };
  if (rewrite !== undefined) action.rewrite = rewrite;
  if (spec.host_rewrite !== undefined) action.hostRewrite = { type: 'literal', value: spec.host_rewrite };
  else if (spec.auto_host_rewrite === true) action.hostRewrite = { type: 'auto' };
  if (spec.idle_timeout_ms !== undefined) action.idleTimeoutMs = spec.idle_timeout_ms;
  if (retries !== undefined) action.retries = retries;
  if (upgrades.length > 0) action.upgrades = upgrades;
  if (ownOrShared(mapping, group, 'priority')?.toLowerCase() === 'high') action.priority = 'high';
  if (mirror !== undefined) action.mirror = mirror;
  if (hash !== undefined) action.hash = hash;
  if (rateLimits.length > 0) action.rateLimits = rateLimits;
  return action;
}

/** `regex_rewrite` suppresses `rewrite`; `rewrite` is `/` unless the prefix is a regular expression or path-separated; an empty one rewrites nothing. */
function pathRewrite(mapping: Mapping, group: MappingGroup | undefined): PathRewrite | undefined {
  const { regex_rewrite, rewrite, path_separated } = mapping.spec;
  if (regex_rewrite !== undefined)
    return { type: 'regex', pattern: regex_rewrite.pattern, substitution: regex_rewrite.substitution };
  const kept = groupWide(mapping, group, 'prefix_regex') === true || path_separated === true;
  const value = rewrite ?? (kept ? '' : '/');
  return value === '' ? undefined : { type: 'prefix', value };
}

function retryPolicy(policy: Mapping['spec']['retry_policy']): RetryPolicy | undefined {
  if (policy === undefined) return undefined;
  const { retry_on, num_retries, per_try_timeout } = policy;
  return {
    on: retry_on,
    ...(num_retries !== undefined && { retries: num_retries }),
    ...(per_try_timeout !== undefined && { perTryTimeoutMs: milliseconds(per_try_timeout) }),
  };
}

/** Envoy refuses one protocol twice, in whatever case. */
function upgradesOf(mapping: Mapping, group: MappingGroup | undefined): readonly string[] {
  const listed = ownOrShared(mapping, group, 'allow_upgrade') ?? [];
  const all = ownOrShared(mapping, group, 'use_websocket') === true ? [...listed, 'websocket'] : listed;
  if (all.length === 0) return all;
  return [...new Set(all.map((protocol) => protocol.toLowerCase()))];
}

/** A shadow’s `weight` says how many requests are copied. */
function mirrorOf(group: MappingGroup | undefined, cluster: string | undefined): Mirror | undefined {
  if (cluster === undefined) return undefined;
  return { cluster, percentage: group?.shadow?.spec.weight ?? 100 };
}

/** What `ring_hash` and `maglev` choose endpoints by. */
function hashPolicy(balancer: LoadBalancer | undefined): HashPolicy | undefined {
  if (balancer === undefined) return undefined;
  const { policy, cookie, header, source_ip } = balancer;
  if (policy !== 'ring_hash' && policy !== 'maglev') return undefined;
  if (header !== undefined) return { type: 'header', name: header };
  if (source_ip === true) return { type: 'source_ip' };
  if (cookie === undefined) return undefined;
  const { name, path, ttl } = cookie;
  return {
    type: 'cookie',
    name,
    ...(path !== undefined && { path }),
    ...(ttl !== undefined && { ttlMs: milliseconds(ttl) }),
  };
}
