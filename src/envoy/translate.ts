import type { Cluster } from '../ir/cluster';
import { type SecretSource, ownSecret } from '../ir/foreign-secret';
import type { EndpointAssignment } from '../ir/endpoint-assignment';
import type { Ir } from '../ir/ir';
import type { FilterChain, Listener } from '../ir/listener';
import type { Origin } from '../ir/origin';
import type { RouteConfiguration, VirtualHost } from '../ir/route-configuration';
import { routeFacts } from '../ir/route-facts';
import { sdsServers } from '../ir/sds-server';
import type { Secret } from '../ir/secret';
import type { PeerVerification } from '../ir/tls';
import type { MessageName } from '../protos';
import { cluster } from './cluster';
import { endpointAssignment } from './endpoint-assignment';
import { listener } from './listener';
import { memoised } from './memo';
import { routeConfiguration } from './route-configuration';
import { secret } from './secret';

type ResourceType = 'clusters' | 'endpoints' | 'secrets' | 'listeners' | 'routes';

/** An Envoy message, with what a snapshot must know of it. */
export interface TranslatedResource {
  readonly type: ResourceType;
  readonly name: string;
  readonly messageName: MessageName;
  /** Holds a private key where the type is `secrets`; prints without it. */
  readonly message: object;
  /** Names of the resources that it refers to; of routes, one may be there several times. */
  readonly references: Readonly<Partial<Record<ResourceType, readonly string[]>>>;
  /** Part of it is in files of Envoy’s machine. */
  readonly external?: boolean;
  readonly origins: readonly Origin[];
}

const NONE: TranslatedResource['references'] = {};

const translateCluster = memoised((input: Cluster): TranslatedResource => new TranslatedCluster(input));

/** There are as many as there are services, so the message is made when it is to be encoded, and not kept. */
class TranslatedCluster implements TranslatedResource {
  readonly type = 'clusters';
  readonly messageName = 'envoy.config.cluster.v3.Cluster';
  readonly name: string;
  readonly references: TranslatedResource['references'];
  readonly origins: readonly Origin[];
  readonly #input: Cluster;

  constructor(input: Cluster) {
    this.name = input.name;
    this.references = referencesOf(input);
    this.origins = input.origins;
    this.#input = input;
  }

  get message(): object {
    return cluster(this.#input);
  }
}

function referencesOf(input: Cluster): TranslatedResource['references'] {
  const { tls, discovery } = input;
  if (tls === undefined && discovery.type !== 'eds') return NONE;
  return {
    secrets: tls === undefined ? [] : sorted(secretsOf(tls.clientCertificate, tls.verification)),
    endpoints: discovery.type === 'eds' ? [discovery.serviceName] : [],
    clusters: sdsServers(input).map(({ name }) => name),
  };
}

const translateEndpoints = memoised(
  (input: EndpointAssignment): TranslatedResource => ({
    type: 'endpoints',
    name: input.name,
    messageName: 'envoy.config.endpoint.v3.ClusterLoadAssignment',
    message: endpointAssignment(input),
    references: {},
    origins: input.origins,
  }),
);

const translateSecret = memoised(
  (input: Secret): TranslatedResource => ({
    type: 'secrets',
    name: input.name,
    messageName: 'envoy.extensions.transport_sockets.tls.v3.Secret',
    message: secret(input),
    references: {},
    external: isInFiles(input),
    origins: input.origins,
  }),
);

function isInFiles(input: Secret): boolean {
  if (input.type === 'tls_certificate') return 'chainFile' in input.keyPair;
  const { trust, revocation } = input;
  return trust === 'system' || 'file' in trust || (revocation !== undefined && 'file' in revocation);
}

const translateListener = memoised(
  (input: Listener): TranslatedResource => ({
    type: 'listeners',
    name: input.name,
    messageName: 'envoy.config.listener.v3.Listener',
    message: listener(input),
    references: {
      secrets: sorted(input.filterChains.flatMap(({ tls }) => secretsOf(tls?.certificate, tls?.verification))),
      routes: sorted(routesOf(input.filterChains).map(({ name }) => name)),
      clusters: sorted(input.filterChains.flatMap(clustersOf)),
    },
    origins: input.origins,
  }),
);

const translateRoutes = memoised((input: RouteConfiguration): TranslatedResource => {
  let origins: readonly Origin[] | undefined;
  return {
    type: 'routes',
    name: input.name,
    messageName: 'envoy.config.route.v3.RouteConfiguration',
    message: routeConfiguration(input),
    references: { clusters: input.virtualHosts.flatMap(({ routes }) => routeFacts(routes).clusters) },
    // Gathered when asked for, which is when Envoy has refused the routes.
    get origins() {
      return (origins ??= [...new Set(input.virtualHosts.flatMap(({ routes }) => originsOf(routes)))]);
    },
  };
});

function originsOf(routes: VirtualHost['routes']): readonly Origin[] {
  return routes.map(({ origin }) => origin).filter((origin) => origin !== undefined);
}

/** Every resource of a node group. What the IR shares with an earlier one gives the same objects as before. */
export function translate(ir: Ir): readonly TranslatedResource[] {
  return [
    ...ir.clusters.map(translateCluster),
    ...ir.endpoints.map(translateEndpoints),
    ...ir.secrets.map(translateSecret),
    ...ir.listeners.map(translateListener),
    ...ir.listeners.flatMap(({ filterChains }) => routesOf(filterChains)).map(translateRoutes),
  ];
}

/** The clusters that a filter chain uses beside those of its routes. */
function clustersOf({ action }: FilterChain): readonly string[] {
  if (action.type === 'tcp') return [...action.clusters, ...action.accessLogs].map(({ cluster }) => cluster);
  if (action.type === 'blocked') return [];
  const { auth, rateLimit, accessLogs, tracing } = action.services;
  const asked = auth?.type === 'asks' ? auth : undefined;
  return [asked, rateLimit, ...accessLogs, tracing].flatMap((service) => service?.cluster ?? []);
}

function routesOf(chains: readonly FilterChain[]): readonly RouteConfiguration[] {
  return chains.flatMap(({ action }) => (action.type === 'http' ? [action.routes] : []));
}

/** Those that the same snapshot must supply. */
function secretsOf(
  certificate: SecretSource | undefined,
  verification: PeerVerification | undefined,
): readonly string[] {
  return [certificate, verification?.trustedCa].map(ownSecret).filter((name) => name !== undefined);
}

function sorted(names: readonly string[]): readonly string[] {
  return [...new Set(names)].sort();
}
