import type { Cluster } from '../ir/cluster';
import type { FilterChain, Listener } from '../ir/listener';
import type { Route, VirtualHost } from '../ir/route-configuration';

/** What becomes of a request. Everything is the very object of the IR, whose `origin`s name the definitions. */
export type Simulation = Refused | Closed | HandshakeFailed | Answered;

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

interface Share {
  /** In percent. */
  readonly share: number;
}

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
  /** Present for `direct_response`. */
  readonly route?: Route;
  readonly status: number;
  readonly reason: 'direct_response' | 'bad_request' | 'upgrade_refused' | 'no_virtual_host' | 'no_route';
}
