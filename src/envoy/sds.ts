import type { ForeignSecret, SecretSource } from '../ir/foreign-secret';
import { sdsServerName } from '../ir/sds-server';
import type { EnvoyMessages } from '../protos';
import { duration } from './duration';

/** A reference from a cluster or listener to a Secret. */
export type SdsSecretConfig = EnvoyMessages['envoy.extensions.transport_sockets.tls.v3.SdsSecretConfig'];

/** How to refer to a Secret: over ADS, or to one in the same bootstrap, and always to one of another SDS server. */
export type SecretReference = (secret: SecretSource) => SdsSecretConfig;

/**
 * A Secret over ADS. These bytes must never change, for as long as any Envoy runs: an update in which only they differ
 * makes a healthy listener wait for a new subscription and then reset every handshake (envoyproxy/envoy#47309).
 */
export const overAds: SecretReference = (secret) =>
  typeof secret === 'string'
    ? { name: secret, sds_config: { ads: {}, resource_api_version: 'V3' } }
    : overSocket(secret);

/** A Secret of the same bootstrap; Envoy looks a name without `sds_config` up in `static_resources.secrets`. */
export const inBootstrap: SecretReference = (secret) =>
  typeof secret === 'string' ? { name: secret } : overSocket(secret);

/** So long a cluster waits for an SDS server that does not answer, and with it an Envoy that has only just started. */
const PATIENCE_MS = 3_000;

/** Left alone, Envoy would try less and less often, in the end every 30 seconds. */
const RETRY_MS = { base: 200, max: 1_000 };

/**
 * A Secret of another SDS server, which is a cluster of the same snapshot (docs/decisions/027-secrets-of-other-servers.md). These bytes
 * must never change either; they are the same for every cluster, so that Envoy has one subscription for all.
 */
function overSocket({ socket, name }: ForeignSecret): SdsSecretConfig {
  const retry_back_off = { base_interval: duration(RETRY_MS.base), max_interval: duration(RETRY_MS.max) };
  return {
    name,
    sds_config: {
      api_config_source: {
        api_type: 'GRPC',
        transport_api_version: 'V3',
        set_node_on_first_message_only: true,
        grpc_services: [{ envoy_grpc: { cluster_name: sdsServerName(socket), retry_policy: { retry_back_off } } }],
      },
      initial_fetch_timeout: duration(PATIENCE_MS),
      resource_api_version: 'V3',
    },
  };
}
