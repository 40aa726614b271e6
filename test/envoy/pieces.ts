import {
  type ClientCertificateDetails,
  clientCertificateDetails,
  SANITIZED,
} from '../../src/ir/client-certificate-details';
import type { Cluster } from '../../src/ir/cluster';
import { type HttpOptions, httpOptions } from '../../src/ir/http-options';
import type { HttpServices } from '../../src/ir/http-services';
import type { Ir } from '../../src/ir/ir';
import type { FilterChain, HttpAction, Listener } from '../../src/ir/listener';
import type { Route, RouteAction, RouteMatch } from '../../src/ir/route-configuration';
import type { DownstreamTls, PeerVerification, UpstreamTls } from '../../src/ir/tls';
import { Definitions } from '../../src/model/definitions';
import { decode, type EnvoyMessages, encode, type JsonValue, type MessageName } from '../../src/protos';

export const NO_PARAMETERS = { cipherSuites: [], ecdhCurves: [], alpnProtocols: [] } as const;
export const NO_HEADERS = { add: [], remove: [] } as const;
export const OPTIONS: HttpOptions = httpOptions(Definitions.from([]));
export const VERIFIED: PeerVerification = { trustedCa: 'default/ca/ca', subjectAltNames: [] };

/** What Envoy would read of a message. */
export function json<N extends MessageName>(name: N, message: EnvoyMessages[N]): JsonValue {
  return decode(name, encode(name, message));
}

export function aCluster(parts: Partial<Cluster> = {}): Cluster {
  return {
    name: 'one',
    altStatName: 'one',
    discovery: { type: 'strict_dns', address: 'one.default', port: 443 },
    settings: { connectTimeoutMs: 3000, http2: false },
    origins: [],
    ...parts,
  };
}

export function upstreamTls(parts: Partial<UpstreamTls> = {}): UpstreamTls {
  return { ...NO_PARAMETERS, ...parts };
}

export function downstreamTls(parts: Partial<DownstreamTls> = {}): DownstreamTls {
  return { ...NO_PARAMETERS, certificate: 'default/edge', requireClientCertificate: false, ...parts };
}

/** One of each. */
export const SERVICES: HttpServices = {
  auth: { type: 'asks', cluster: 'auth', timeoutMs: 5000, protocol: { type: 'grpc' }, failureModeAllow: false },
  rateLimit: { cluster: 'limits', domain: 'shop', timeoutMs: 20, failureModeDeny: false, resourceExhausted: false },
  accessLogs: [
    {
      type: 'http',
      name: 'requests',
      cluster: 'log',
      flushIntervalMs: 1000,
      bufferBytes: 0,
      requestHeaders: [],
      responseHeaders: [],
      responseTrailers: [],
    },
  ],
  tracing: {
    cluster: 'trace',
    provider: { type: 'datadog', serviceName: 'edge' },
    sampling: { client: 100, random: 100, overall: 100 },
    tags: [],
  },
  origins: [],
};

export function aRoute(action: RouteAction, match: Partial<RouteMatch> = {}, parts: Partial<Route> = {}): Route {
  return {
    match: { path: { type: 'prefix', value: '/', caseSensitive: true }, headers: [], queryParameters: [], ...match },
    action,
    requestHeaders: NO_HEADERS,
    responseHeaders: NO_HEADERS,
    ...parts,
  };
}

/** What is told of a verified certificate unless the Module says otherwise. */
export const TOLD: ClientCertificateDetails = clientCertificateDetails(true, {});

export function http(name: string, routes: readonly Route[], parts: Partial<HttpAction> = {}): HttpAction {
  return {
    type: 'http',
    codec: 'auto',
    statPrefix: 'ingress',
    trustedHops: 0,
    cors: false,
    options: OPTIONS,
    services: { accessLogs: [], origins: [] },
    forwardClientCertificate: SANITIZED,
    routes: { name, ignorePort: false, virtualHosts: [{ name: '*', domains: ['*'], routes }] },
    ...parts,
  };
}

export function aListener(filterChains: readonly FilterChain[], parts: Partial<Listener> = {}): Listener {
  return {
    name: 'tcp-127.0.0.1-8443',
    address: '127.0.0.1',
    port: 8443,
    transport: 'tcp',
    tlsInspector: true,
    proxyProtocol: false,
    filterChains,
    origins: [],
    ...parts,
  };
}

export function anIr(parts: Partial<Ir> = {}): Ir {
  return { listeners: [], clusters: [], endpoints: [], secrets: [], ...parts };
}
