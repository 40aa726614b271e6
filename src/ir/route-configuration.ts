import type { Origin } from './origin';

/** The routes of one filter chain. */
export interface RouteConfiguration {
  /** `<listener>/<filter chain>`. */
  readonly name: string;
  /** Virtual hosts are picked by the name in the authority alone; its port is not looked at. */
  readonly ignorePort: boolean;
  readonly virtualHosts: readonly VirtualHost[];
}

export interface VirtualHost {
  /** Equal to the Host's hostname, or a word for a synthetic one; unique in its RouteConfiguration. */
  readonly name: string;
  readonly domains: readonly string[];
  readonly routes: readonly Route[];
  /** The Host; absent for a synthetic one. */
  readonly origin?: Origin;
}

export interface Route {
  readonly match: RouteMatch;
  readonly action: RouteAction;
  readonly requestHeaders: HeaderMutation;
  readonly responseHeaders: HeaderMutation;
  /** Absent: the AuthService, if there is one, is asked about the request as about any other. */
  readonly authorization?: RouteAuthorization;
  /** Absent: no CORS headers, and no answer to preflights. */
  readonly cors?: CorsPolicy;
  readonly origin?: Origin;
}

export type RouteAuthorization =
  /** The AuthService is not asked. */
  | { readonly type: 'bypass' }
  /** It is told these of the route. */
  | { readonly type: 'told'; readonly contextExtensions: Readonly<Record<string, string>> };

/** A label of a request: an action of Envoy's `config.route.v3.RateLimit`. */
export type RateLimitLabel =
  | { readonly type: 'generic_key'; readonly key?: string; readonly value: string }
  | { readonly type: 'request_headers'; readonly key: string; readonly header: string }
  | { readonly type: 'remote_address' | 'source_cluster' | 'destination_cluster' };

export interface RouteMatch {
  readonly path:
    | {
        readonly type: 'prefix' | 'exact' | 'path_separated_prefix';
        readonly value: string;
        readonly caseSensitive: boolean;
      }
    | { readonly type: 'regex'; readonly value: string };
  /** All must match. Pseudo-headers `:method` and `:authority` are matched here too. */
  readonly headers: readonly ValueMatcher[];
  readonly queryParameters: readonly ValueMatcher[];
  /** Share of requests taken, 0–100, where less than all (`runtime_fraction`); the rest go on to later routes. */
  readonly percentage?: number;
}

export interface ValueMatcher {
  readonly name: string;
  readonly match: 'exact' | 'prefix' | 'suffix' | 'regex' | 'present';
  /** Empty for `present`. */
  readonly value: string;
}

export type RouteAction =
  | {
      readonly type: 'forward';
      /** Name of a Cluster of the same IR. */
      readonly cluster: string;
      readonly rewrite?: PathRewrite;
      readonly hostRewrite?: { readonly type: 'literal'; readonly value: string } | { readonly type: 'auto' };
      /** 0 disables. */
      readonly timeoutMs: number;
      readonly idleTimeoutMs?: number;
      /** Labels for the RateLimitService, one list for each descriptor. */
      readonly rateLimits?: readonly (readonly RateLimitLabel[])[];
      readonly retries?: RetryPolicy;
      /** Protocols that the connection may be upgraded to, in lower case, each once. Absent: none. */
      readonly upgrades?: readonly string[];
      /** Counted by the cluster's circuit breakers for this priority. Absent: for the default one. */
      readonly priority?: 'high';
      readonly mirror?: Mirror;
      /** What endpoints are chosen by where the cluster chooses them by a hash. */
      readonly hash?: HashPolicy;
    }
  | {
      readonly type: 'redirect';
      readonly scheme?: 'https';
      readonly host?: string;
      readonly path?: { readonly type: 'path' | 'prefix'; readonly value: string } | RegexRewrite;
      readonly status: 301 | 302 | 303 | 307 | 308;
    }
  | { readonly type: 'direct_response'; readonly status: number; readonly body: string };

/** Copies of requests, whose responses nobody reads. */
export interface Mirror {
  /** Name of a Cluster of the same IR. */
  readonly cluster: string;
  /** How many requests are copied, 0–100. */
  readonly percentage: number;
}

export interface RetryPolicy {
  /** As Envoy names the condition (Envoy, "x-envoy-retry-on"). */
  readonly on: string;
  readonly retries?: number;
  readonly perTryTimeoutMs?: number;
}

export type HashPolicy =
  /** Envoy sets the cookie if `ttlMs` is given; 0 is a session cookie. */
  | { readonly type: 'cookie'; readonly name: string; readonly path?: string; readonly ttlMs?: number }
  | { readonly type: 'header'; readonly name: string }
  | { readonly type: 'source_ip' };

/** Which pages of other origins may read the responses. */
export interface CorsPolicy {
  /** Compared exactly; `*` is every origin. */
  readonly origins: readonly string[];
  readonly methods: readonly string[];
  readonly headers: readonly string[];
  readonly exposedHeaders: readonly string[];
  readonly credentials: boolean;
  /** Whole seconds. */
  readonly maxAge?: string;
}

export interface RegexRewrite {
  readonly type: 'regex';
  /** RE2 syntax. */
  readonly pattern: string;
  readonly substitution: string;
}

export type PathRewrite = { readonly type: 'prefix'; readonly value: string } | RegexRewrite;

export interface HeaderMutation {
  readonly add: readonly { readonly name: string; readonly value: string; readonly append: boolean }[];
  readonly remove: readonly string[];
}
