import { isIP } from 'node:net';
import { invariant } from '../diagnostics/invariant';
import type { Definition } from '../model/definition';
import { type ConsulService, consulAssignmentName, consulEndpointsOf } from '../resolution/consul-service';
import { resolveTlsContext } from '../resolution/tls-context';
import { type ModuleConfig, moduleConfig } from '../resolution/module';
import { resolverOf } from '../resolution/resolver';
import { type ServicePort, servicePortOf } from '../resolution/service-port';
import { type Upstream, upstreamOf } from '../resolution/upstream';
import { type UpstreamOwner, type UpstreamReference, upstreamReferenceOf } from '../resolution/upstream-reference';
import type { BuildContext } from './build-context';
import type { Cluster, Discovery } from './cluster';
import { type ClusterIdentity, clusterName, clusterStem } from './cluster-name';
import { clusterSettings } from './cluster-settings';
import { consulAssignment } from './consul-endpoints';
import { dependsOnDestination, destinationTls } from './destination-tls';
import type { EndpointAssignment } from './endpoint-assignment';
import { assignmentName, endpointAssignment } from './endpoint-assignments';
import { LayoutMemo, itemsAt, sortedPositions } from '../resolution/layout-memo';
import { Memo } from '../resolution/memo';
import { originOf } from './origin';
import { speaksIstioAlpn } from './istio-alpn';
import { sdsServers } from './sds-server';
import type { SecretCollector } from './secret-collector';
import type { UpstreamTls } from './tls';
import { UNVERIFIED_TLS, upstreamTls } from './upstream-tls';
import { surroundingsOf } from '../resolution/surroundings';

interface UpstreamCluster {
  readonly upstream: Upstream;
  readonly cluster: Cluster;
}

/** The name of the cluster of a definition that passed validation; `leader` is that of a Mapping’s group. */
export type ClusterOf = (owner: UpstreamOwner, leader?: Definition<'Mapping'>) => string;

/** The clusters of some definitions, and what those need. */
export interface ClusterNeeds {
  readonly clusters: readonly Cluster[];
  readonly contexts: ReadonlySet<Definition<'TLSContext'>>;
  readonly servicePorts: readonly ServicePort[];
  readonly consulServices: readonly ConsulService[];
}

const clusters = new Memo<UpstreamOwner, UpstreamCluster>();
/** Takes the share of connections that belongs to a definition out of service. */
const BLOCKED: Cluster = {
  name: 'blocked',
  altStatName: 'blocked',
  discovery: { type: 'none' },
  settings: { connectTimeoutMs: 1, http2: false },
  origins: [],
};

const orders = new LayoutMemo<Cluster, readonly number[]>((a, b) => a.name === b.name);
const destinations = new Memo<UpstreamOwner, UpstreamTls>();

/** Gathers the clusters that definitions connect to, and what those need: secrets and endpoint assignments. */
export class ClusterCollector {
  readonly #context: BuildContext;
  readonly #secrets: SecretCollector;
  readonly #clusters: (readonly Cluster[])[] = [];
  readonly #assignments = new Map<string, EndpointAssignment>();
  readonly #tls = new Map<Definition<'TLSContext'>, UpstreamTls>();
  readonly #module: ModuleConfig;

  constructor(context: BuildContext, secrets: SecretCollector) {
    this.#context = context;
    this.#secrets = secrets;
    this.#module = moduleConfig(context.definitions);
  }

  /** Registers the cluster of a definition, and returns its name. */
  clusterOf(owner: UpstreamOwner): string {
    const { result, needs } = this.noting((clusterOf) => clusterOf(owner));
    this.register(needs);
    return result;
  }

  /** Notes the clusters that `run` asks for. They are not registered yet: who remembers the result registers them each time. */
  noting<Result>(run: (clusterOf: ClusterOf) => Result): { readonly result: Result; readonly needs: ClusterNeeds } {
    const needs = {
      clusters: [] as Cluster[],
      contexts: new Set<Definition<'TLSContext'>>(),
      servicePorts: [] as ServicePort[],
      consulServices: [] as ConsulService[],
    };
    const result = run((owner, leader) => {
      const reference = upstreamReferenceOf(owner);
      const context = this.#tlsContext(reference);
      const { upstream, cluster } = this.#upstreamCluster(reference, context, leader);
      if (context !== undefined) needs.contexts.add(context);
      if (upstream.resolver.type === 'endpoints') needs.servicePorts.push(this.#servicePort(reference, upstream));
      if (upstream.consul !== undefined) needs.consulServices.push(upstream.consul);
      needs.clusters.push(cluster, ...sdsServers(cluster));
      return cluster.name;
    });
    return { result, needs };
  }

  register({ clusters: needed, contexts: used, servicePorts, consulServices }: ClusterNeeds): void {
    this.#clusters.push(needed);
    for (const context of used) this.#upstreamTls(context);
    for (const servicePort of servicePorts) this.#assign(servicePort);
    for (const service of consulServices) this.#assignConsul(service);
  }

  /** Registers the cluster that connects to nothing. */
  blocked(): string {
    this.#clusters.push([BLOCKED]);
    return BLOCKED.name;
  }

  /** Sorted by name; of several of one name, which are the same but for where they come from, the one asked for first. */
  collected(): readonly Cluster[] {
    const all = ([] as Cluster[]).concat(...this.#clusters);
    const surroundings = surroundingsOf(this.#context.definitions);
    return itemsAt(
      orders.get(surroundings, [], all, () => sortedPositions(all, ({ name }) => name, compare)),
      all,
    );
  }

  /** Sorted by name. */
  assignments(): readonly EndpointAssignment[] {
    return [...this.#assignments.values()].toSorted(byName);
  }

  #upstreamCluster(
    reference: UpstreamReference,
    context: Definition<'TLSContext'> | undefined,
    leader: Definition<'Mapping'> | undefined,
  ): UpstreamCluster {
    const { definitions, policy } = this.#context;
    const tls = context && this.#tlsTo(reference, context, leader);
    const inputs = [context, tls, resolverOf(reference, definitions), this.#module, policy, leader];
    return clusters.get(reference.owner, '', inputs, () => this.#build(reference, context, leader, tls));
  }

  #build(
    reference: UpstreamReference,
    context: Definition<'TLSContext'> | undefined,
    leader: Definition<'Mapping'> | undefined,
    tls: UpstreamTls = UNVERIFIED_TLS,
  ): UpstreamCluster {
    const { owner } = reference;
    const upstream = upstreamOf(reference, this.#context.definitions, this.#context.policy);
    invariant(upstream !== undefined, `${owner.kind} ${owner.metadata.name} passed validation without a service`);
    const identity = clusterIdentity(owner, upstream, context, leader, this.#module);
    const cluster: Cluster = {
      name: clusterName(identity),
      altStatName: identity.settings.statsName ?? clusterStem(identity),
      discovery: this.#discovery(reference, upstream),
      settings: identity.settings,
      ...(upstream.tls && { tls }),
      origins: [originOf(owner), ...(context === undefined ? [] : [originOf(context)])],
    };
    return { upstream, cluster };
  }

  #discovery(reference: UpstreamReference, upstream: Upstream): Discovery {
    const { resolver, consul, host, port } = upstream;
    if (resolver.type === 'endpoints')
      return { type: 'eds', serviceName: assignmentName(this.#servicePort(reference, upstream)) };
    if (consul !== undefined) return { type: 'eds', serviceName: consulAssignmentName(consul) };
    return { type: isIP(host) === 0 ? 'strict_dns' : 'static', address: host, port };
  }

  #tlsContext({ owner, tls }: UpstreamReference): Definition<'TLSContext'> | undefined {
    if (tls === undefined) return undefined;
    const resolved = resolveTlsContext(this.#context.definitions, tls, owner.metadata.namespace);
    invariant(
      resolved.type === 'found',
      `${owner.kind} ${owner.metadata.name} passed validation without its TLSContext`,
    );
    return resolved.context;
  }

  #upstreamTls(context: Definition<'TLSContext'>): UpstreamTls {
    let tls = this.#tls.get(context);
    if (tls === undefined) {
      tls = upstreamTls(context, this.#context.definitions, this.#secrets);
      this.#tls.set(context, tls);
    }
    return tls;
  }

  /** The same object for as long as it means the same. */
  #tlsTo(
    reference: UpstreamReference,
    context: Definition<'TLSContext'>,
    leader: Definition<'Mapping'> | undefined,
  ): UpstreamTls {
    const tls = this.#upstreamTls(context);
    if (!dependsOnDestination(context, this.#context.definitions)) return tls;
    const { definitions, policy } = this.#context;
    const upstream = upstreamOf(reference, definitions, policy);
    invariant(upstream !== undefined, `${reference.owner.metadata.name} passed validation without a service`);
    const { http2 } = clusterSettings(reference.owner, this.#module, upstream.resolver, leader);
    const spoken = reference.owner.kind === 'TCPMapping' ? 'bytes' : http2 ? 'http/2' : 'http/1.1';
    const built = destinationTls(tls, context, { upstream, spoken, policy }, definitions);
    return destinations.get(reference.owner, '', [JSON.stringify(built)], () => built);
  }

  #servicePort({ owner }: UpstreamReference, upstream: Upstream): ServicePort {
    const found = servicePortOf(upstream, this.#context.definitions, this.#context.policy);
    invariant(found !== undefined, `${owner.kind} ${owner.metadata.name} passed validation without its Service`);
    return found;
  }

  /** Registers the endpoints that Envoy will ask for. */
  #assign(servicePort: ServicePort): void {
    const name = assignmentName(servicePort);
    if (!this.#assignments.has(name))
      this.#assignments.set(name, endpointAssignment(servicePort, this.#context.definitions));
  }

  #assignConsul(service: ConsulService): void {
    const name = consulAssignmentName(service);
    if (this.#assignments.has(name)) return;
    const endpoints = consulEndpointsOf(service, this.#context.definitions);
    invariant(endpoints !== undefined, `${name} passed validation without endpoints`);
    this.#assignments.set(name, consulAssignment(name, endpoints));
  }
}

function clusterIdentity(
  owner: UpstreamOwner,
  { host, port, resolver, tls }: Upstream,
  context: Definition<'TLSContext'> | undefined,
  leader: Definition<'Mapping'> | undefined,
  module: ModuleConfig,
): ClusterIdentity {
  const tlsName = context === undefined ? '-' : `${context.metadata.namespace}/${context.metadata.name}`;
  return {
    host,
    port,
    resolver: resolver.name,
    ...(tls && { tls: tlsName }),
    ...(context !== undefined && owner.kind === 'TCPMapping' && speaksIstioAlpn(context) && { bytes: true }),
    settings: clusterSettings(owner, module, resolver, leader),
  };
}

function byName(a: EndpointAssignment, b: EndpointAssignment): number {
  return compare(a.name, b.name);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
