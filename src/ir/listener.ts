import type { ClientCertificateDetails } from './client-certificate-details';
import type { HttpOptions } from './http-options';
import type { GrpcAccessLog, HttpServices } from './http-services';
import type { Origin } from './origin';
import type { RouteConfiguration } from './route-configuration';
import type { DownstreamTls } from './tls';

export interface Listener {
  /** `<transport>-<address>-<port>`, such as `tcp-0.0.0.0-8443`. */
  readonly name: string;
  readonly address: string;
  readonly port: number;
  /** UDP is QUIC: TLS and HTTP/3 are part of it. */
  readonly transport: 'tcp' | 'udp';
  /** Adds the tls_inspector listener filter, which SNI matching needs. */
  readonly tlsInspector: boolean;
  /** Expects a PROXY protocol header before anything else. */
  readonly proxyProtocol: boolean;
  /** What a connection may buffer, in bytes; absent: Countersign's own limit. */
  readonly bufferLimitBytes?: number;
  readonly filterChains: readonly FilterChain[];
  readonly origins: readonly Origin[];
}

/** One filter chain. At most one matches cleartext (`match.transport: 'raw_buffer'`). */
export interface FilterChain {
  readonly name: string;
  readonly match: FilterChainMatch;
  readonly action: HttpAction | TcpAction | BlockedAction;
  /** Absent on cleartext and on blocked chains. */
  readonly tls?: DownstreamTls;
  /** The Hosts or TCPMappings whose chain it is, and the TLSContext that says how its TLS is terminated; absent on that of cleartext, which is everybody’s. */
  readonly origins?: readonly Origin[];
}

export interface FilterChainMatch {
  /** `any`: whatever comes, TLS or not, is passed on as it is. */
  readonly transport: 'tls' | 'raw_buffer' | 'quic' | 'any';
  /** SNI patterns (`api.example.com`, `*.example.com`); empty matches any name and none. */
  readonly serverNames: readonly string[];
}

/** An HttpConnectionManager. */
export interface HttpAction {
  readonly type: 'http';
  /** `auto` is HTTP/1.1 or HTTP/2, by ALPN or by the first bytes. */
  readonly codec: 'auto' | 'http3';
  /** Streams that one HTTP/2 connection may have open at once; absent for the limit of an edge. */
  readonly maxConcurrentStreams?: number;
  readonly statPrefix: string;
  /** `xff_num_trusted_hops`: how many trusted proxies stand before this listener. */
  readonly trustedHops: number;
  readonly options: HttpOptions;
  readonly services: HttpServices;
  /** Whether a route has a CORS policy. */
  readonly cors: boolean;
  /** What the upstream learns of the client's certificate in X-Forwarded-Client-Cert. */
  readonly forwardClientCertificate: ClientCertificateDetails;
  readonly routes: RouteConfiguration;
}

/** A TCP proxy. */
export interface TcpAction {
  readonly type: 'tcp';
  readonly statPrefix: string;
  /** At least one; each Cluster of the same IR once. */
  readonly clusters: readonly WeightedCluster[];
  /** 0 disables; absent: Envoy’s default. */
  readonly idleTimeoutMs?: number;
  /** Of type `tcp`. */
  readonly accessLogs: readonly GrpcAccessLog[];
}

export interface WeightedCluster {
  readonly cluster: string;
  /** Relative to the others, 1–100. */
  readonly weight: number;
}

/** Closes the connection at once: the names belong to a definition that is quarantined and must not reach another chain. */
export interface BlockedAction {
  readonly type: 'blocked';
}
