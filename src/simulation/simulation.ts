import type { Cluster } from '../ir/cluster';
import type { FilterChain, Listener } from '../ir/listener';
import type { Route, VirtualHost } from '../ir/route-configuration';

/** What becomes of a request. Everything is the very object of the IR, whose `origin`s name the definitions. */
export type Simulation = Refused | Closed | HandshakeFailed | Proxied | Answered;

/** No Listener has the port. */
export interface Refused {
  readonly type: 'refused';
}

/** The connection is closed without an answer. */
export interface Closed {
  readonly type: 'closed';
  readonly listener: Listener;
  readonly filterChain?: FilterChain;
  readonly reason:
    | 'no_filter_chain'
    /** The server name belongs to a Host that is quarantined. */
    | 'blocked'
    /** All weight of a TCP proxy is on TCPMappings that are quarantined. */
    | 'no_upstream'
    | 'proxy_header_missing'
    /** TLS towards a filter chain that takes cleartext. */
    | 'tls_not_spoken';
}

export interface HandshakeFailed {
  readonly type: 'handshake_failed';
  readonly listener: Listener;
  readonly filterChain: FilterChain;
  readonly reason: 'no_common_version' | 'client_certificate_missing' | 'client_certificate_refused';
  /** For people. */
  readonly detail: string;
}

interface Share {
  /** In percent. */
  readonly share: number;
}

/** The bytes of the connection are passed on; HTTP is not looked at. */
export interface Proxied {
  readonly type: 'proxied';
  readonly listener: Listener;
  readonly filterChain: FilterChain;
  /** Whether TLS ends here; where it does not, what the client says goes on as it is. */
  readonly terminated: boolean;
  /** As many as the connections are divided among. Those to a cluster without endpoints (`discovery: none`) are closed. */
  readonly upstreams: readonly ProxiedUpstream[];
}

export interface ProxiedUpstream extends Share {
  readonly cluster: Cluster;
}

export interface Answered {
  readonly type: 'answered';
  readonly listener: Listener;
  readonly filterChain: FilterChain;
  /** Absent where the authority belongs to none. */
  readonly virtualHost?: VirtualHost;
  /** One, or as many as the requests are divided among; their shares add up to 100. */
  readonly outcomes: readonly Outcome[];
}

export type Outcome = Forwarded | Redirected | Responded;

export interface Forwarded extends Share {
  readonly type: 'forwarded';
  readonly route: Route;
  /** Its `tls` says with which certificate and SNI, and how the upstream is verified. */
  readonly cluster: Cluster;
  /** As the upstream sees it, with the query. */
  readonly path: string;
  readonly authority: string;
}

export interface Redirected extends Share {
  readonly type: 'redirected';
  readonly route: Route;
  readonly status: number;
  readonly location: string;
}

/** Envoy answers itself. */
export interface Responded extends Share {
  readonly type: 'responded';
  /** The route that was found, if one was. */
  readonly route?: Route;
  readonly status: number;
  readonly reason:
    | 'direct_response'
    | 'bad_request'
    | 'upgrade_refused'
    | 'cors_preflight'
    /** `ip_allow` or `ip_deny`. */
    | 'address_refused'
    /** A probe of the Module, which Envoy answers while it is healthy. */
    | 'probe'
    | 'no_virtual_host'
    | 'no_route';
}
