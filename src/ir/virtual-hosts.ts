import type { Diagnostic } from '../diagnostics/diagnostic';
import type { Definition } from '../model/definition';
import { ListMemo } from '../resolution/list-memo';
import { Memo } from '../resolution/memo';
import { hostnameOf } from '../resolution/attachment';
import { demandsClientCertificate } from '../resolution/client-certificates';
import { hostTls } from '../resolution/host-tls';
import type { BuildContext } from './build-context';
import type { ChainPolicy } from './chain-policy';
import type { ClusterCollector, ClusterNeeds } from './cluster-collector';
import { NO_HEADERS } from './header-mutation';
import type { MappingIndex } from './mapping-index';
import { originOf } from './origin';
import { mappingRoute, quarantined } from './mapping-route';
import type { Route, RouteAction, ValueMatcher, VirtualHost } from './route-configuration';
import { routeFacts } from './route-facts';
import type { RouteGates } from './route-gates';
import { joinRoutes, partsOf } from './route-list';
import type { WeightedMapping } from './route-weights';
import { surroundingsOf } from '../resolution/surroundings';

const FORWARDED_HTTPS: ValueMatcher = { name: 'x-forwarded-proto', match: 'exact', value: 'https' };

const allByHeader = new WeakMap<readonly Route[], readonly Route[]>();

/** The routes of some Mappings of a Host. */
interface HostRoutes {
  readonly result: readonly Route[];
  readonly needs: ClusterNeeds;
}

const routesOfHosts = new ListMemo<WeightedMapping, HostRoutes>();
const lists = new Memo<WeightedMapping, readonly Route[]>();
const NO_ROUTES: readonly Route[] = [];
const redirecting = new Memo<readonly Route[], readonly Route[]>();
const virtualHosts = new Memo<readonly Route[], VirtualHost>();

/** Makes the virtual hosts of Hosts, chain by chain. */
export class VirtualHostBuilder {
  readonly #context: BuildContext;
  readonly #mappings: MappingIndex;
  readonly #clusters: ClusterCollector;
  readonly #gates: RouteGates;
  readonly #routes = new Map<Definition<'Host'>, readonly Route[]>();

  constructor(context: BuildContext, mappings: MappingIndex, clusters: ClusterCollector, gates: RouteGates) {
    this.#context = context;
    this.#mappings = mappings;
    this.#clusters = clusters;
    this.#gates = gates;
  }

  /** A Host’s virtual host on its own TLS chain. */
  onTls(host: Definition<'Host'>, policy: ChainPolicy): VirtualHost {
    return this.#virtualHost(host, this.#routesOn(host, policy, true));
  }

  /**
   * A Host’s virtual host on a cleartext chain; undefined where it must not be there. One that demands client certificates
   * has nothing secure there: cleartext proves no one’s identity. A quarantined Host answers 503.
   */
  onCleartext(
    host: Definition<'Host'>,
    policy: ChainPolicy,
    model: 'XFP' | 'SECURE' | 'INSECURE',
  ): VirtualHost | undefined {
    const reason = this.#context.quarantine.reasonFor(host);
    if (reason !== undefined) return this.#virtualHost(host, [catchAll(quarantined(host, reason), this.#gates)]);
    if (model === 'INSECURE' && insecureAction(host) === 'Reject') return undefined;
    const secure = this.#demandsClientCertificate(host) ? 'never' : policy.secure;
    if (secure === 'never' && !policy.insecure) return undefined;
    return this.#virtualHost(host, this.#routesOn(host, { ...policy, secure }, false));
  }

  /** Chains with the same routes for a Host share its virtual host, which is then translated and encoded once. */
  #virtualHost(host: Definition<'Host'>, routes: readonly Route[]): VirtualHost {
    return virtualHosts.get(routes, '', [host], () => {
      const hostname = hostnameOf(host);
      return { name: hostname, domains: [hostname], routes, origin: originOf(host) };
    });
  }

  #demandsClientCertificate(host: Definition<'Host'>): boolean {
    const tls = hostTls(host, this.#context.definitions);
    return tls !== undefined && demandsClientCertificate(tls, this.#context.definitions);
  }

  #routesOn(host: Definition<'Host'>, policy: ChainPolicy, tls: boolean): readonly Route[] {
    const routes = this.#routesOf(host);
    if (policy.secure === 'always') return routes;
    const insecure = policy.insecure ? this.#insecureRoutes(host, routes, tls) : NO_ROUTES;
    if (policy.secure === 'never' || insecure === routes) return insecure;
    return joinRoutes([...partsOf(routes).map(allOnlyForwardedHttps), insecure]);
  }

  /** The routes of a Host’s Mappings, the same on every chain. */
  #routesOf(host: Definition<'Host'>): readonly Route[] {
    let routes = this.#routes.get(host);
    if (routes === undefined) {
      const blocks = this.#routesInBlocks(host);
      for (const { needs } of blocks) this.#clusters.register(needs);
      routes = joinRoutes(blocks.map(({ result }) => result));
      this.#routes.set(host, routes);
    }
    return routes;
  }

  #routesInBlocks(host: Definition<'Host'>): readonly HostRoutes[] {
    const domain = hostnameOf(host);
    const context = this.#context;
    const inputs = [surroundingsOf(context.definitions), context.quarantine.content, context.policy];
    return routesOfHosts.blocks(host, inputs, this.#mappings.attachedTo(host), (block) =>
      this.#clusters.noting((clusterOf) =>
        sameList(domain, block, (weighted) => mappingRoute(weighted, domain, context, clusterOf, this.#gates)),
      ),
    );
  }

  #insecureRoutes(host: Definition<'Host'>, routes: readonly Route[], tls: boolean): readonly Route[] {
    const { acme } = routeFacts(routes);
    const barred = !tls && this.#context.quarantine.reasonFor(host, 'cleartext') !== undefined;
    switch (insecureAction(host)) {
      case 'Route':
        return barred ? acme : routes;
      case 'Redirect':
        return redirecting.get(routes, '', [this.#gates.unasked], () => [
          ...acme,
          catchAll({ type: 'redirect', scheme: 'https', status: 301 }, this.#gates),
        ]);
      case 'Reject':
        return acme;
    }
  }
}

/** The virtual host for every name, where what would be served is unknown: 503 with the reason. */
export function outOfService({ subject, code }: Diagnostic, gates: RouteGates): VirtualHost {
  const body = `${subject?.kind} ${subject?.namespace}/${subject?.name} is quarantined: ${code}\n`;
  const answer: RouteAction = { type: 'direct_response', status: 503, body };
  return { name: 'out of service', domains: ['*'], routes: [catchAll(answer, gates)] };
}

/** The virtual host for names that belong to other chains, or to none: 421, so that a client opens a connection for that name. */
export function misdirected(domains: readonly string[], gates: RouteGates): VirtualHost {
  const body =
    'The name in the request is not served on this connection. Connect with it as the TLS server name (SNI).\n';
  return { name: 'misdirected', domains, routes: [catchAll({ type: 'direct_response', status: 421, body }, gates)] };
}

function insecureAction(host: Definition<'Host'>): 'Redirect' | 'Route' | 'Reject' {
  return host.spec.requestPolicy?.insecure?.action ?? 'Redirect';
}

/** A route that Envoy answers itself, so that no AuthService hears of it. */
function catchAll(action: RouteAction, { unasked }: RouteGates): Route {
  return {
    match: { path: { type: 'prefix', value: '/', caseSensitive: true }, headers: [], queryParameters: [] },
    action,
    requestHeaders: NO_HEADERS,
    responseHeaders: NO_HEADERS,
    ...(unasked !== undefined && { authorization: unasked }),
  };
}

/** The routes of a block, as the same list while they are the same: translation and encoding go by lists of routes, not by routes. */
function sameList(
  domain: string,
  block: readonly WeightedMapping[],
  routeOf: (weighted: WeightedMapping) => Route,
): readonly Route[] {
  const routes = block.map(routeOf);
  const [first] = block;
  return first === undefined ? routes : lists.get(first, domain, routes, () => routes);
}

function allOnlyForwardedHttps(routes: readonly Route[]): readonly Route[] {
  let variants = allByHeader.get(routes);
  if (variants === undefined) {
    variants = routes.map(onlyForwardedHttps);
    allByHeader.set(routes, variants);
  }
  return variants;
}

function onlyForwardedHttps(route: Route): Route {
  return { ...route, match: { ...route.match, headers: [FORWARDED_HTTPS, ...route.match.headers] } };
}
