/** The xDS types served, in the order in which they are pushed: make before break (Envoy, "Eventual consistency considerations"). */
export const RESOURCE_TYPES = ['clusters', 'endpoints', 'secrets', 'listeners', 'routes'] as const;
export type ResourceType = (typeof RESOURCE_TYPES)[number];

export const TYPE_URLS: Readonly<Record<ResourceType, string>> = {
  clusters: 'type.googleapis.com/envoy.config.cluster.v3.Cluster',
  endpoints: 'type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment',
  secrets: 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret',
  listeners: 'type.googleapis.com/envoy.config.listener.v3.Listener',
  routes: 'type.googleapis.com/envoy.config.route.v3.RouteConfiguration',
};

/** One resource, encoded once; every stream sends these very bytes. */
export interface Resource {
  readonly name: string;
  /** Content hash, 16 characters: equal bytes have equal versions on every replica. Keyed (HMAC) for secrets. */
  readonly version: string;
  /** The encoded `google.protobuf.Any`. Holds private keys where the type is `secrets`: never print it. */
  readonly any: Buffer;
  /** Names of resources this one refers to, by type; what the consistency check and the push order stand on. */
  readonly references: Readonly<Partial<Record<ResourceType, readonly string[]>>>;
  /** Part of it is in files of Envoy’s machine: bytes that an Envoy refused may be good once the files are there. */
  readonly external?: boolean;
  /** The definitions it came from, for attributing a NACK. */
  readonly origins: readonly {
    readonly kind: string;
    readonly namespace: string;
    readonly name: string;
    readonly location: { readonly file: string; readonly line: number; readonly column: number };
  }[];
}

/** All resources of one type. `version` is a hash over names and versions of all of them. */
export interface ResourceSet {
  readonly version: string;
  readonly resources: ReadonlyMap<string, Resource>;
}

/** One node group's resources at one moment; immutable. */
export interface Snapshot {
  /** The node group, an `ambassador_id`. */
  readonly group: string;
  readonly types: Readonly<Record<ResourceType, ResourceSet>>;
}
