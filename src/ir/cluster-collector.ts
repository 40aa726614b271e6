import { isIP } from 'node:net';
import { invariant } from '../diagnostics/invariant';
import type { Definition } from '../model/definition';
import { resolveTlsContext } from '../resolution/tls-context';
import { type ModuleConfig, moduleConfig } from '../resolution/module';
import { resolverOf } from '../resolution/resolver';
import { servicePortOf } from '../resolution/service-port';
import { type Upstream, upstreamOf } from '../resolution/upstream';
import type { BuildContext } from './build-context';
import type { Cluster, Discovery } from './cluster';
import { type ClusterIdentity, clusterName, clusterStem } from './cluster-name';
import type { EndpointAssignment } from './endpoint-assignment';
import { assignmentName, endpointAssignment } from './endpoint-assignments';
import { Memo } from '../resolution/memo';
import { originOf } from './origin';
import type { SecretCollector } from './secret-collector';
import type { UpstreamTls } from './tls';
import { UNVERIFIED_TLS, upstreamTls } from './upstream-tls';

/** Ambassador’s default, in milliseconds. */
const CONNECT_TIMEOUT_MS = 3000;

interface Identified {
  readonly name: string;
  readonly identity: ClusterIdentity;
  readonly upstream: Upstream;
}

const identities = new Memo<Definition<'Mapping'>, Identified>();
const clusters = new Memo<Definition<'Mapping'>, Cluster>();
const contexts = new Memo<Definition<'TLSContext'>, UpstreamTls>();

/** Gathers the clusters that routes forward to, and what those need: secrets and endpoint assignments. */
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

  /** Registers the cluster of a Mapping that passed validation, and returns its name. */
  clusterOf(mapping: Definition<'Mapping'>): string {
    const context = this.#tlsContext(mapping);
    const { name, identity, upstream } = this.#identify(mapping, context);
    if (!this.#clusters.has(name)) {
      const tls = upstream.tls ? (context === undefined ? UNVERIFIED_TLS : this.#upstreamTls(context)) : undefined;
      const serviceName = this.#assignment(mapping, upstream);
      const cluster = clusters.get(mapping, '', [name, context, serviceName, tls], () => ({
        name,
        altStatName: mapping.spec.stats_name ?? clusterStem(identity),
        discovery: discovery(upstream, serviceName),
        connectTimeoutMs: identity.connectTimeoutMs,
        ...(tls !== undefined && { tls }),
        http2: identity.http2,
        origins: [originOf(mapping), ...(context === undefined ? [] : [originOf(context)])],
      }));
      this.#clusters.set(name, cluster);
    }
    return name;
  }

  /** Sorted by name. */
  collected(): readonly Cluster[] {
    return sortedByName(this.#clusters);
  }

  /** Sorted by name. */
  assignments(): readonly EndpointAssignment[] {
    return sortedByName(this.#assignments);
  }

  #identify(mapping: Definition<'Mapping'>, context: Definition<'TLSContext'> | undefined): Identified {
    const { definitions, policy } = this.#context;
    const inputs = [context, resolverOf(mapping, definitions), this.#module, policy];
    return identities.get(mapping, '', inputs, () => identify(mapping, context, this.#context));
  }

  #tlsContext(mapping: Definition<'Mapping'>): Definition<'TLSContext'> | undefined {
    const { tls } = mapping.spec;
    if (tls === undefined) return undefined;
    const resolved = resolveTlsContext(this.#context.definitions, tls, mapping.metadata.namespace);
    invariant(resolved.type === 'found', `Mapping ${mapping.metadata.name} passed validation without its TLSContext`);
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

  /** Registers the endpoints of a Mapping with an endpoint resolver, and returns the name under which Envoy asks for them. */
  #assignment(mapping: Definition<'Mapping'>, upstream: Upstream): string | undefined {
    if (upstream.resolver.type !== 'endpoints') return undefined;
    const { definitions } = this.#context;
    const servicePort = servicePortOf(upstream, definitions, this.#context.policy);
    invariant(servicePort !== undefined, `Mapping ${mapping.metadata.name} passed validation without its Service`);
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
  mapping: Definition<'Mapping'>,
  context: Definition<'TLSContext'> | undefined,
  build: BuildContext,
): Identified {
  const upstream = upstreamOf(mapping, build.definitions, build.policy);
  invariant(upstream !== undefined, `Mapping ${mapping.metadata.name} passed validation without a service`);
  const { spec } = mapping;
  const tls =
    context === undefined ? (upstream.tls ? '-' : undefined) : `${context.metadata.namespace}/${context.metadata.name}`;
  const identity: ClusterIdentity = {
    host: upstream.host,
    port: upstream.port,
    resolver: upstream.resolver.name,
    ...(tls !== undefined && { tls }),
    connectTimeoutMs: spec.connect_timeout_ms ?? CONNECT_TIMEOUT_MS,
    http2: spec.grpc === true,
    ...(spec.stats_name !== undefined && { statsName: spec.stats_name }),
  };
  return { name: clusterName(identity), identity, upstream };
}

function sortedByName<T extends { readonly name: string }>(items: ReadonlyMap<string, T>): readonly T[] {
  return [...items.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
}
