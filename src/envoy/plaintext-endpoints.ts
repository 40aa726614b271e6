import { any, type EnvoyMessages, toStruct } from '../protos';

type Match = EnvoyMessages['envoy.config.cluster.v3.Cluster.TransportSocketMatch'];

/** Says in the metadata of an endpoint that it is reached in cleartext. Istio calls it by the same words. */
export const PLAINTEXT_MARK = { tlsMode: 'disabled' } as const;

/** Cleartext for endpoints that are marked; all others get the transport socket of the cluster (Cluster, API reference). */
export function plaintextMatches(): Match[] {
  return [
    {
      name: 'plaintext',
      match: toStruct(PLAINTEXT_MARK),
      transport_socket: {
        name: 'envoy.transport_sockets.raw_buffer',
        typed_config: any('envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer', {}),
      },
    },
  ];
}
