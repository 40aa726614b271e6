import type { EnvoyMessages } from '../protos';

/** A reference from a cluster or listener to a Secret. */
export type SdsSecretConfig = EnvoyMessages['envoy.extensions.transport_sockets.tls.v3.SdsSecretConfig'];

/** How to refer to a Secret by its name: over ADS, or to one in the same bootstrap. */
export type SecretReference = (name: string) => SdsSecretConfig;

/**
 * A Secret over ADS. These bytes must never change, for as long as any Envoy runs: an update in which only they differ
 * makes a healthy listener wait for a new subscription and then reset every handshake (envoyproxy/envoy#47309).
 */
export const overAds: SecretReference = (name) => ({
  name,
  sds_config: { ads: {}, resource_api_version: 'V3' },
});

/** A Secret of the same bootstrap; Envoy looks a name without `sds_config` up in `static_resources.secrets`. */
export const inBootstrap: SecretReference = (name) => ({ name });
