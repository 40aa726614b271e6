import { isIP } from 'node:net';
import { invariant } from '../diagnostics/invariant';
import type { Definition } from '../model/definition';
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
import type { EndpointAssignment } from './endpoint-assignment';
import { assignmentName, endpointAssignment } from './endpoint-assignments';
import { Memo } from '../resolution/memo';
import { originOf } from './origin';
import type { SecretCollector } from './secret-collector';
import type { UpstreamTls } from './tls';
import { UNVERIFIED_TLS, upstreamTls } from './upstream-tls';

interface UpstreamCluster {
  readonly upstream: Upstream;
  readonly cluster: Cluster;
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

const contexts = new Memo<Definition<'TLSContext'>, UpstreamTls>();

/** Gathers the clusters that definitions connect to, and what those need: secrets and endpoint assignments. */
export class ClusterCollector {
  readonly #context: BuildContext;
  readonly #secrets: SecretCollector;
  /** Of each definition that asked. */
  readonly #clusters: Cluster[] = [];
  readonly #assignments = new Map<string, EndpointAssignment>();
  readonly #tls = new Map<Definition<'TLSContext'>, UpstreamTls>();
  readonly #module: ModuleConfig;

  constructor(context: BuildContext, secrets: SecretCollector) {
    this.#context = context;
    this.#secrets = secrets;
    this.#module = moduleConfig(context.definitions);
  }

  /**
   * Registers the cluster of a definition that passed validation, and returns its name. `leader` is that of the Mapping’s group.
   */
  clusterOf(owner: UpstreamOwner, leader?: Definition<'Mapping'>): string {
    const { definitions, policy } = this.#context;
    const reference = upstreamReferenceOf(owner);
    const context = this.#tlsContext(reference);
    const tls = context && this.#upstreamTls(context);
    const inputs = [context, tls, resolverOf(reference, definitions), this.#module, policy, leader];
    const { upstream, cluster } = clusters.get(owner, '', inputs, () => this.#build(reference, context, leader, tls));
    if (upstream.resolver.type === 'endpoints') this.#assign(this.#servicePort(reference, upstream));
    this.#clusters.push(cluster);
    return cluster.name;
  }

  /** Registers the cluster that connects to nothing. */
  blocked(): string {
    this.#clusters.push(BLOCKED);
    return BLOCKED.name;
  }

  /** Sorted by name; of several of one name, which are the same but for where they come from, the one asked for first. */
  collected(): readonly Cluster[] {
    const sorted = this.#clusters.toSorted(byName);
    return sorted.filter(({ name }, index) => name !== sorted[index - 1]?.name);
  }

  /** Sorted by name. */
  assignments(): readonly EndpointAssignment[] {
    return [...this.#assignments.values()].toSorted(byName);
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
      discovery:
        upstream.resolver.type === 'endpoints'
          ? { type: 'eds', serviceName: assignmentName(this.#servicePort(reference, upstream)) }
          : discovery(upstream),
      settings: identity.settings,
      ...(upstream.tls && { tls }),
      origins: [originOf(owner), ...(context === undefined ? [] : [originOf(context)])],
    };
    return { upstream, cluster };
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
      const built = upstreamTls(context, this.#context.definitions, this.#secrets);
      tls = contexts.get(context, '', [JSON.stringify(built)], () => built);
      this.#tls.set(context, tls);
    }
    return tls;
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
}

function discovery({ host, port }: Upstream): Discovery {
  return { type: isIP(host) === 0 ? 'strict_dns' : 'static', address: host, port };
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
    settings: clusterSettings(owner, module, resolver, leader),
  };
}

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}
