import type { Diagnostic, Subject } from '../diagnostics/diagnostic';
import { type Definition, subjectOf } from '../model/definition';
import { mappingHostname } from '../resolution/attachment';
import { covers } from '../resolution/hostname';
import { type MappingGroup, groupWide, redirects } from '../resolution/mapping-group';
import { Memo } from '../resolution/memo';
import { moduleConfig } from '../resolution/module';
import { resolverOf } from '../resolution/resolver';
import { upstreamOf } from '../resolution/upstream';
import { upstreamReferenceOf } from '../resolution/upstream-reference';
import type { BuildContext } from './build-context';
import type { ClusterOf } from './cluster-collector';
import { corsPolicy } from './cors-policy';
import { forwardAction } from './forward-action';
import { NO_HEADERS, headerMutation } from './header-mutation';
import { originOf } from './origin';
import { redirectAction } from './redirect-action';
import type { HeaderMutation, Route, RouteAction } from './route-configuration';
import type { RouteGates } from './route-gates';
import { routeMatch } from './route-match';
import type { WeightedMapping } from './route-weights';

const routes = new Memo<Definition<'Mapping'>, Route>();

/**
 * The route of a Mapping in a virtual host. A quarantined Mapping keeps its match and answers 503 with the code of its
 * diagnostic: its requests must not fall through to a route that was not meant for them.
 */
export function mappingRoute(
  { mapping, percentage, group }: WeightedMapping,
  domain: string,
  context: BuildContext,
  clusterOf: ClusterOf,
  gates: RouteGates,
): Route {
  const hostname = mappingHostname(mapping.spec);
  const authority = hostname === undefined || covers(hostname, domain) ? undefined : hostname;
  const reason = context.quarantine.reasonFor(mapping);
  const forwards = reason === undefined && !redirects(mapping);
  const gated = inGroup(mapping, group);
  const closed = reason === undefined ? forwards && gates.closedFor(gated) : { subject: subjectOf(mapping), reason };
  const refusal = closed ? quarantineNotice(closed.subject, closed.reason) : undefined;
  const own = forwards && refusal === undefined ? clusterOf(mapping, group?.leader) : undefined;
  const shadow = own !== undefined && group?.shadow !== undefined ? clusterOf(group.shadow) : undefined;
  const module = moduleConfig(context.definitions);
  const inputs = [own, shadow, refusal, gates.key, module, group];
  return routes.get(mapping, `${authority ?? ''} ${percentage ?? ''}`, inputs, () => {
    const match = routeMatch(mapping, group, authority, percentage);
    const origin = originOf(mapping);
    const authorization = own === undefined ? gates.unasked : gates.authorization(gated);
    const common = authorization === undefined ? { match, origin } : { match, authorization, origin };
    if (refusal !== undefined)
      return { ...common, action: unavailable(refusal), requestHeaders: NO_HEADERS, responseHeaders: NO_HEADERS };
    const requestHeaders = headerMutation('request', mapping, group, module);
    const responseHeaders = headerMutation('response', mapping, group, module);
    if (own === undefined) return { ...common, action: redirectAction(mapping.spec), requestHeaders, responseHeaders };
    const { definitions } = context;
    const byEndpoints = resolverOf(upstreamReferenceOf(mapping), definitions)?.type !== 'dns';
    const loadBalancer = byEndpoints ? module.load_balancer : undefined;
    const cors = corsPolicy(mapping, group, module);
    const route: Route = {
      ...common,
      action: forwardAction(mapping, group, module, { own, shadow, loadBalancer }, gates.rateLimits(gated)),
      requestHeaders: withLinkerd(requestHeaders, mapping, context),
      responseHeaders,
    };
    return cors === undefined ? route : { ...route, cors };
  });
}

/** The Mapping with what its group says of rate limits. Whether it bypasses authentication is its own word: silence means that it asks. */
function inGroup(mapping: Definition<'Mapping'>, group: MappingGroup | undefined): Definition<'Mapping'> {
  if (group === undefined || group.leader === mapping) return mapping;
  const labels = groupWide(mapping, group, 'labels');
  return labels === undefined ? mapping : { ...mapping, spec: { ...mapping.spec, labels } };
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

/**
 * `l5d-dst-override` tells Linkerd’s proxy where to send the request (Ambassador, "Linkerd 2 integration"). It replaces what the client
 * sent: that would be the client’s choice of service.
 */
function withLinkerd(
  headers: HeaderMutation,
  mapping: Definition<'Mapping'>,
  { definitions, policy }: BuildContext,
): HeaderMutation {
  const wanted = mapping.spec.add_linkerd_headers ?? moduleConfig(definitions).add_linkerd_headers;
  const upstream = wanted === true ? upstreamOf(upstreamReferenceOf(mapping), definitions, policy) : undefined;
  if (upstream === undefined) return headers;
  const host = upstream.host.includes(':') ? `[${upstream.host}]` : upstream.host;
  const name = 'l5d-dst-override';
  const others = headers.add.filter((added) => added.name.toLowerCase() !== name);
  return { ...headers, add: [...others, { name, value: `${host}:${upstream.port}`, append: false }] };
}
