import type { Origin } from './origin';

/** The services that every HttpConnectionManager of a node group works with. */
export interface HttpServices {
  readonly auth?: ExtAuthz | ClosedAuthz;
  readonly rateLimit?: RateLimit;
  /** Sorted by name. */
  readonly accessLogs: readonly GrpcAccessLog[];
  readonly tracing?: Tracing;
  /** The definitions that they come from. */
  readonly origins: readonly Origin[];
}

/** The service that is asked whether a request may pass. `cluster` is the name of a Cluster of the same IR, here and below. */
export interface ExtAuthz {
  readonly type: 'asks';
  readonly cluster: string;
  readonly timeoutMs: number;
  readonly protocol: { readonly type: 'grpc' } | HttpAuthorization;
  /** Absent: the body is not sent. */
  readonly body?: { readonly maxBytes: number; readonly allowPartial: boolean };
  /** Requests pass while the service cannot be asked. */
  readonly failureModeAllow: boolean;
  /** What clients get while the service cannot be asked; absent: Envoy's 403. */
  readonly statusOnError?: number;
}

/**
 * Refuses everything with 503. The routes of an AuthService out of service say so too, and why; but listeners are pushed before
 * routes, and between the two nothing may pass that was guarded before.
 */
export interface ClosedAuthz {
  readonly type: 'closed';
}

/** How a service is asked by an HTTP request. Names of headers are in lower case, sorted, each once. */
export interface HttpAuthorization {
  readonly type: 'http';
  readonly uri: string;
  readonly pathPrefix?: string;
  /** Headers of the request that the service is told. */
  readonly requestHeaders: readonly string[];
  /** Headers of the answer that are passed on, to the upstream or to the client. */
  readonly answerHeaders: readonly string[];
  readonly addedHeaders: readonly { readonly name: string; readonly value: string }[];
}

/** The gRPC service that is asked whether a labelled request is within its limits. */
export interface RateLimit {
  readonly cluster: string;
  readonly domain: string;
  readonly timeoutMs: number;
  /** Requests are refused while the service cannot be asked. */
  readonly failureModeDeny: boolean;
  /** gRPC clients are told RESOURCE_EXHAUSTED. */
  readonly resourceExhausted: boolean;
}

/** A gRPC service that is sent access logs. */
export interface GrpcAccessLog {
  readonly type: 'http' | 'tcp';
  readonly name: string;
  readonly cluster: string;
  readonly flushIntervalMs: number;
  readonly bufferBytes: number;
  /** Empty for `tcp`, as are the others. */
  readonly requestHeaders: readonly string[];
  readonly responseHeaders: readonly string[];
  readonly responseTrailers: readonly string[];
}

/** The collector of traces. */
export interface Tracing {
  readonly cluster: string;
  readonly provider: TracingProvider;
  /** In percent. */
  readonly sampling: { readonly client: number; readonly random: number; readonly overall: number };
  readonly tags: readonly TracingTag[];
}

export type TracingProvider =
  | {
      readonly type: 'zipkin';
      readonly endpoint: string;
      readonly format: 'HTTP_JSON' | 'HTTP_PROTO';
      readonly traceId128Bit: boolean;
      readonly sharedSpanContext: boolean;
      readonly hostname?: string;
    }
  | { readonly type: 'datadog'; readonly serviceName: string; readonly hostname?: string }
  | { readonly type: 'opentelemetry'; readonly serviceName: string };

export type TracingTag =
  | { readonly type: 'literal'; readonly tag: string; readonly value: string }
  /** A variable of Envoy's environment. */
  | { readonly type: 'environment'; readonly tag: string; readonly name: string; readonly defaultValue?: string }
  | { readonly type: 'request_header'; readonly tag: string; readonly name: string; readonly defaultValue?: string };
