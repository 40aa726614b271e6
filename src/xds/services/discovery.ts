import type { ServiceName } from '@envoyproxy/protos';
import type { ServiceDefinition } from '@grpc/grpc-js';
import { serviceDefinition } from '../../protos';
import type { ResourceType } from '../../snapshot/snapshot';
import type { Outgoing } from '../protocol/outgoing';
import type { RequestReader } from '../request-reader';
import { encodeResponse } from '../response';

/** One of Envoy's discovery services: the names of its methods, and the type it serves. */
export interface DiscoveryService {
  readonly service: ServiceName;
  /** Absent: every type, told apart by `type_url` (ADS). */
  readonly type?: ResourceType;
  readonly sotw: string;
  readonly delta: string;
  /** ADS has none. */
  readonly fetch?: string;
}

/** The service of each type alone (Envoy, "xDS REST and gRPC protocol", "Streaming gRPC subscriptions"). */
const BY_TYPE = {
  clusters: of('envoy.service.cluster.v3.ClusterDiscoveryService', 'Clusters'),
  endpoints: of('envoy.service.endpoint.v3.EndpointDiscoveryService', 'Endpoints'),
  secrets: of('envoy.service.secret.v3.SecretDiscoveryService', 'Secrets'),
  listeners: of('envoy.service.listener.v3.ListenerDiscoveryService', 'Listeners'),
  routes: of('envoy.service.route.v3.RouteDiscoveryService', 'Routes'),
} as const satisfies Record<ResourceType, DiscoveryService>;

export const DISCOVERY_SERVICES: readonly DiscoveryService[] = [
  {
    service: 'envoy.service.discovery.v3.AggregatedDiscoveryService',
    sotw: 'StreamAggregatedResources',
    delta: 'DeltaAggregatedResources',
  },
  ...Object.entries(BY_TYPE).map(([type, service]) => ({ ...service, type: type as ResourceType })),
];

function of(service: ServiceName, plural: string) {
  return { service, sotw: `Stream${plural}`, delta: `Delta${plural}`, fetch: `Fetch${plural}` } as const;
}

/** The service for gRPC: lists of names that are known are not read again, and responses are put together from encoded resources. */
export function discoveryDefinition(
  { service, delta }: DiscoveryService,
  reader: RequestReader,
  identifier: string,
): ServiceDefinition {
  return Object.fromEntries(
    Object.entries(serviceDefinition(service)).map(([name, method]) => [
      name,
      {
        ...method,
        requestDeserialize: (bytes: Buffer) => (name === delta ? reader.delta(bytes) : reader.sotw(bytes)),
        responseSerialize: (out: Outgoing) => encodeResponse(out, identifier),
      },
    ]),
  );
}
