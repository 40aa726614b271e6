import { isIP } from 'node:net';
import { invariant } from '../diagnostics/invariant';
import type { Definition } from '../model/definition';
import { resolveTlsContext } from '../resolution/tls-context';
import { type ModuleConfig, moduleConfig } from '../resolution/module';
import { resolverOf } from '../resolution/resolver';
import { servicePortOf } from '../resolution/service-port';
import { type Upstream, upstreamOf } from '../resolution/upstream';
import { type UpstreamOwner, upstreamReferenceOf } from '../resolution/upstream-reference';
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

interface Identified {
  readonly name: string;
  readonly identity: ClusterIdentity;
  readonly upstream: Upstream;
}

const identities = new Memo<UpstreamOwner, Identified>();
const clusters = new Memo<UpstreamOwner, Cluster>();
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
  readonly #clusters = new Map<string, Cluster>();
  readonly #assignments = new Map<string, EndpointAssignment>();
  readonly #tls = new Map<Definition<'TLSContext'>, UpstreamTls>();
  readonly #module: ModuleConfig;

  constructor(context: BuildContext, secrets: SecretCollector) {
    this.#context = context;
    this.#secrets = secrets;
    this.#module = moduleConfig(context.definitions);
  }

  /** Registers the cluster of a definition that passed validation, and returns its name. */
  clusterOf(owner: UpstreamOwner): string {
    const context = this.#tlsContext(owner);
    const { name, identity, upstream } = this.#identify(owner, context);
    if (!this.#clusters.has(name)) {
      const tls = upstream.tls ? (context === undefined ? UNVERIFIED_TLS : this.#upstreamTls(context)) : undefined;
      const serviceName = this.#assignment(owner, upstream);
      const cluster = clusters.get(owner, '', [name, context, serviceName, tls], () => ({
        name,
        altStatName: identity.settings.statsName ?? clusterStem(identity),
        discovery: discovery(upstream, serviceName),
        settings: identity.settings,
        ...(tls !== undefined && { tls }),
        origins: [originOf(owner), ...(context === undefined ? [] : [originOf(context)])],
      }));
      this.#clusters.set(name, cluster);
    }
    return name;
  }

  /** Registers the cluster that connects to nothing. */
  blocked(): string {
    this.#clusters.set(BLOCKED.name, BLOCKED);
    return BLOCKED.name;
  }

  /** Sorted by name. */
  collected(): readonly Cluster[] {
    return sortedByName(this.#clusters);
  }

  /** Sorted by name. */
  assignments(): readonly EndpointAssignment[] {
    return sortedByName(this.#assignments);
  }

  #identify(owner: UpstreamOwner, context: Definition<'TLSContext'> | undefined): Identified {
    const { definitions, policy } = this.#context;
    const inputs = [context, resolverOf(upstreamReferenceOf(owner), definitions), this.#module, policy];
    return identities.get(owner, '', inputs, () => identify(owner, context, this.#module, this.#context));
  }

  #tlsContext(owner: UpstreamOwner): Definition<'TLSContext'> | undefined {
    const { tls } = upstreamReferenceOf(owner);
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

  /** Registers the endpoints of a definition with an endpoint resolver, and returns the name under which Envoy asks for them. */
  #assignment(owner: UpstreamOwner, upstream: Upstream): string | undefined {
    if (upstream.resolver.type !== 'endpoints') return undefined;
    const { definitions } = this.#context;
    const servicePort = servicePortOf(upstream, definitions, this.#context.policy);
    invariant(servicePort !== undefined, `${owner.kind} ${owner.metadata.name} passed validation without its Service`);
    const name = assignmentName(servicePort);
    if (!this.#assignments.has(name)) this.#assignments.set(name, endpointAssignment(servicePort, definitions));
    return name;
  }
}

function discovery({ host, port }: Upstream, serviceName: string | undefined): Discovery {
  if (serviceName !== undefined) return { type: 'eds', serviceName };
  return { type: isIP(host) === 0 ? 'strict_dns' : 'static', address: host, port };
}

function identify(
  owner: UpstreamOwner,
  context: Definition<'TLSContext'> | undefined,
  module: ModuleConfig,
  build: BuildContext,
): Identified {
  const upstream = upstreamOf(upstreamReferenceOf(owner), build.definitions, build.policy);
  invariant(upstream !== undefined, `${owner.kind} ${owner.metadata.name} passed validation without a service`);
  const tls =
    context === undefined ? (upstream.tls ? '-' : undefined) : `${context.metadata.namespace}/${context.metadata.name}`;
  const identity: ClusterIdentity = {
    host: upstream.host,
    port: upstream.port,
    resolver: upstream.resolver.name,
    ...(tls !== undefined && { tls }),
    settings: clusterSettings(owner, module),
  };
  return { name: clusterName(identity), identity, upstream };
}

function sortedByName<T extends { readonly name: string }>(items: ReadonlyMap<string, T>): readonly T[] {
  return [...items.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
}
