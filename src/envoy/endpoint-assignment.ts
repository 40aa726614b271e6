import type { Endpoint, EndpointAssignment } from '../ir/endpoint-assignment';
import { type EnvoyMessages, toStruct } from '../protos';
import { PLAINTEXT_MARK } from './plaintext-endpoints';

type LbEndpoint = EnvoyMessages['envoy.config.endpoint.v3.LbEndpoint'];
type ClusterLoadAssignment = EnvoyMessages['envoy.config.endpoint.v3.ClusterLoadAssignment'];

/** What EDS delivers for one Kubernetes Service port, or for one service in Consul. */
export function endpointAssignment({ name, endpoints }: EndpointAssignment): ClusterLoadAssignment {
  return loadAssignment(name, endpoints);
}

/** Endpoints under the name of their cluster; `address` may be a DNS name where the cluster resolves it. */
export function loadAssignment(clusterName: string, endpoints: readonly Endpoint[]): ClusterLoadAssignment {
  return {
    cluster_name: clusterName,
    endpoints: [
      {
        lb_endpoints: endpoints.map(lbEndpoint),
      },
    ],
  };
}

function lbEndpoint({ address, port, weight, plaintext }: Endpoint): LbEndpoint {
  const message: LbEndpoint = { endpoint: { address: { socket_address: { address, port_value: port } } } };
  if (weight !== undefined) message.load_balancing_weight = { value: weight };
  if (plaintext === true)
    message.metadata = { filter_metadata: { 'envoy.transport_socket_match': toStruct(PLAINTEXT_MARK) } };
  return message;
}
