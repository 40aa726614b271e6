import type { EnvoyMessages } from '../protos';

/** “On this very stream”: how clusters, listeners and routes refer to what else ADS delivers. */
export const ADS: EnvoyMessages['envoy.config.core.v3.ConfigSource'] = { ads: {}, resource_api_version: 'V3' };
