import type { ClusterSettings } from './cluster-settings';
import type { Origin } from './origin';
import type { UpstreamTls } from './tls';

/** Where the endpoints of a cluster come from. */
export type Discovery =
  /** Resolved by Envoy; `address` is a DNS name. */
  | { readonly type: 'strict_dns'; readonly address: string; readonly port: number }
  /** `address` is an IP literal. */
  | { readonly type: 'static'; readonly address: string; readonly port: number }
  /** A Unix domain socket on Envoy’s machine. */
  | { readonly type: 'socket'; readonly path: string }
  /** There are none: connections to it are closed. */
  | { readonly type: 'none' }
  /** Delivered over EDS as the EndpointAssignment of that name. */
  | { readonly type: 'eds'; readonly serviceName: string };

export interface Cluster {
  /** Readable stem and a hash of the identity. */
  readonly name: string;
  /** The stem, or the `stats_name` of the definition. */
  readonly altStatName: string;
  readonly discovery: Discovery;
  readonly settings: ClusterSettings;
  /** Absent: cleartext. */
  readonly tls?: UpstreamTls;
  readonly origins: readonly Origin[];
}
