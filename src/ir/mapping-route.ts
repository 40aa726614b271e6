import type { Diagnostic, Subject } from '../diagnostics/diagnostic';
import { type Definition, subjectOf } from '../model/definition';
import type { Specs } from '../model/kinds';
import { mappingHostname } from '../resolution/attachment';
import { covers } from '../resolution/hostname';
import { moduleConfig } from '../resolution/module';
import { parseService } from '../resolution/service-reference';
import type { BuildContext } from './build-context';
import { Memo } from '../resolution/memo';
import { originOf } from './origin';
import type {
  HeaderMutation,
  PathRewrite,
  RateLimitLabel,
  Route,
  RouteAction,
  RouteMatch,
  ValueMatcher,
} from './route-configuration';
import type { RouteGates } from './route-gates';
import type { WeightedMapping } from './route-weights';

/** Ambassador’s default, in milliseconds. */
const REQUEST_TIMEOUT_MS = 3000;
const NO_HEADERS: HeaderMutation = { add: [], remove: [] };

const routes = new Memo<Definition<'Mapping'>, Route>();

/** The name of a Mapping’s cluster; undefined where it redirects or is quarantined. */
export type ClusterOf = (mapping: Definition<'Mapping'>) => string;

/**
 * The route of a Mapping in a virtual host. A quarantined Mapping keeps its match and answers 503 with the code of its
 * diagnostic: its requests must not fall through to a route that was not meant for them.
 */
export function mappingRoute(
  weighted: WeightedMapping,
  domain: string,
  context: BuildContext,
  clusterOf: ClusterOf,
  gates: RouteGates,
): Route {
  const { mapping, percentage } = weighted;
  const hostname = mappingHostname(mapping.spec);
  const authority = hostname === undefined || covers(hostname, domain) ? undefined : hostname;
  const reason = context.quarantine.reasonFor(mapping);
  const forwards = reason === undefined && mapping.spec.host_redirect !== true;
  const closed = reason === undefined ? forwards && gates.closedFor(mapping) : { subject: subjectOf(mapping), reason };
  const refusal = closed ? quarantineNotice(closed.subject, closed.reason) : undefined;
  const cluster = forwards && refusal === undefined ? clusterOf(mapping) : undefined;
  const module = moduleConfig(context.definitions);
  const inputs = [cluster, refusal, gates.key, module];
  return routes.get(mapping, `${authority ?? ''} ${percentage ?? ''}`, inputs, () => {
    const authorization = cluster === undefined ? gates.unasked : gates.authorization(mapping);
    return {
      match: routeMatch(mapping.spec, authority, percentage),
      action:
        refusal !== undefined
          ? unavailable(refusal)
          : cluster === undefined
            ? redirect(mapping.spec)
            : forward(mapping.spec, cluster, module.cluster_request_timeout_ms, gates.rateLimits(mapping)),
      requestHeaders:
        refusal === undefined
          ? headers(mapping.spec.add_request_headers, mapping.spec.remove_request_headers)
          : NO_HEADERS,
      responseHeaders:
        refusal === undefined
          ? headers(mapping.spec.add_response_headers, mapping.spec.remove_response_headers)
          : NO_HEADERS,
      ...(authorization !== undefined && { authorization }),
      origin: originOf(mapping),
    };
  });
}

/** A direct 503 that says which definition is out of service, and by which diagnostic. */
export function quarantined(definition: Definition, reason: Diagnostic): RouteAction {
  return unavailable(quarantineNotice(subjectOf(definition), reason));
}

function unavailable(body: string): RouteAction {
  return { type: 'direct_response', status: 503, body };
}

function quarantineNotice({ kind, namespace, name }: Subject, { code }: Diagnostic): string {
  return `${kind} ${namespace}/${name} is quarantined: ${code}\n`;
}

function routeMatch(spec: Specs['Mapping'], authority: string | undefined, percentage: number | undefined): RouteMatch {
  const type = spec.prefix_exact === true ? 'exact' : spec.path_separated === true ? 'path_separated_prefix' : 'prefix';
  return {
    path:
      spec.prefix_regex === true
        ? { type: 'regex', value: spec.prefix }
        : { type, value: spec.prefix, caseSensitive: spec.case_sensitive !== false },
    headers: [
      ...(spec.host_regex === true && spec.host !== undefined
        ? [{ name: ':authority', match: 'regex', value: spec.host } as const]
        : []),
      ...(authority === undefined ? [] : [authorityMatcher(authority)]),
      ...(spec.method === undefined
        ? []
        : [{ name: ':method', match: spec.method_regex === true ? 'regex' : 'exact', value: spec.method } as const]),
      ...valueMatchers(spec.headers, 'exact').filter(({ name }) => name !== ':authority'),
      ...valueMatchers(spec.regex_headers, 'regex'),
    ],
    queryParameters: [
      ...valueMatchers(spec.query_parameters, 'exact'),
      ...valueMatchers(spec.regex_query_parameters, 'regex'),
    ],
    ...(percentage !== undefined && { percentage }),
  };
}

/** `hostname` beyond what the virtual host’s domain already says. As in Ambassador, `host:port` does not match the exact form. */
function authorityMatcher(glob: string): ValueMatcher {
  const name = ':authority';
  if (glob.startsWith('*')) return { name, match: 'suffix', value: glob.slice(1) };
  if (glob.endsWith('*')) return { name, match: 'prefix', value: glob.slice(0, -1) };
  return { name, match: 'exact', value: glob };
}

function valueMatchers(
  values: Readonly<Record<string, string>> | undefined,
  match: 'exact' | 'regex',
): readonly ValueMatcher[] {
  return Object.entries(values ?? {})
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => ({ name, match, value }));
}

function forward(
  spec: Specs['Mapping'],
  cluster: string,
  moduleTimeoutMs: number | undefined,
  rateLimits: readonly (readonly RateLimitLabel[])[],
): RouteAction {
  const rewrite = pathRewrite(spec);
  return {
    type: 'forward',
    cluster,
    ...(rewrite !== undefined && { rewrite }),
    ...(spec.host_rewrite !== undefined
      ? { hostRewrite: { type: 'literal', value: spec.host_rewrite } }
      : spec.auto_host_rewrite === true
        ? { hostRewrite: { type: 'auto' } }
        : {}),
    timeoutMs: spec.timeout_ms ?? moduleTimeoutMs ?? REQUEST_TIMEOUT_MS,
    ...(spec.idle_timeout_ms !== undefined && { idleTimeoutMs: spec.idle_timeout_ms }),
    ...(rateLimits.length > 0 && { rateLimits }),
  };
}

/** `regex_rewrite` suppresses `rewrite`; `rewrite` is `/` unless the prefix is a regular expression or path-separated; an empty one rewrites nothing. */
function pathRewrite(spec: Specs['Mapping']): PathRewrite | undefined {
  const { pattern, substitution } = spec.regex_rewrite ?? {};
  if (pattern !== undefined) return { type: 'regex', pattern, substitution: substitution ?? '' };
  const value = spec.rewrite ?? (spec.prefix_regex === true || spec.path_separated === true ? '' : '/');
  return value === '' ? undefined : { type: 'prefix', value };
}

function redirect(spec: Specs['Mapping']): RouteAction {
  const parsed = parseService(spec.service);
  const service = parsed.ok ? parsed.service : undefined;
  const host = service?.host.includes(':') === true ? `[${service.host}]` : service?.host;
  const { pattern, substitution } = spec.regex_redirect ?? {};
  const path =
    spec.path_redirect !== undefined
      ? ({ type: 'path', value: spec.path_redirect } as const)
      : spec.prefix_redirect !== undefined
        ? ({ type: 'prefix', value: spec.prefix_redirect } as const)
        : pattern === undefined
          ? undefined
          : ({ type: 'regex', pattern, substitution: substitution ?? '' } as const);
  return {
    type: 'redirect',
    ...(service?.scheme === 'https' && { scheme: 'https' }),
    ...(host !== undefined && { host: service?.port === undefined ? host : `${host}:${service.port}` }),
    ...(path !== undefined && { path }),
    status: spec.redirect_response_code ?? 301,
  };
}

type AddedHeaders = NonNullable<Specs['Mapping']['add_request_headers']>;

function headers(added: AddedHeaders | undefined, removed: string | readonly string[] | undefined): HeaderMutation {
  if (added === undefined && removed === undefined) return NO_HEADERS;
  return {
    add: Object.entries(added ?? {})
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, entry]) =>
        typeof entry === 'string'
          ? { name, value: entry, append: true }
          : { name, value: entry.value ?? '', append: entry.append ?? true },
      ),
    remove: removed === undefined ? [] : typeof removed === 'string' ? [removed] : removed,
  };
}
