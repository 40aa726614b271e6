/** A request as a client sends it, and how it reaches the Listener. */
export interface SimulatedRequest {
  /** The Listener’s, which is also the local port of the connection. */
  readonly port: number;
  /** Default `tcp`; `udp` is HTTP/3, which has TLS always. */
  readonly transport?: 'tcp' | 'udp';
  /** Absent: cleartext. */
  readonly tls?: ClientTls;
  /** Absent: the connection does not begin with a PROXY protocol header. */
  readonly proxyProtocol?: ProxyHeader;
  /** Who connects, an IP address; default 127.0.0.1. */
  readonly remoteAddress?: string;
  /** Default GET. */
  readonly method?: string;
  /** The `Host` header, or `:authority`; case and port are kept. */
  readonly authority: string;
  /** As it stands in the request line, query included; default `/`. */
  readonly path?: string;
  /** By name in any case; a list is as many header lines. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
}

export interface ClientTls {
  /** The SNI; absent: none is sent. */
  readonly serverName?: string;
  /** The client’s certificate, PEM: the leaf first, then its intermediates. Absent: none is shown. */
  readonly certificate?: string;
  /** Default v1.2. */
  readonly minVersion?: ClientTlsVersion;
  /** Default v1.3. */
  readonly maxVersion?: ClientTlsVersion;
}

export type ClientTlsVersion = 'v1.0' | 'v1.1' | 'v1.2' | 'v1.3';

/** What a load balancer says in front of the connection; it replaces the addresses of the connection itself. */
export interface ProxyHeader {
  readonly sourceAddress: string;
  readonly destinationPort: number;
}
