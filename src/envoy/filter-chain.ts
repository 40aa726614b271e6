import type { FilterChain as Input } from '../ir/listener';
import { any, type EnvoyMessages } from '../protos';
import { downstreamTlsSocket, quicSocket } from './downstream-tls-context';
import { httpConnectionManager } from './http-connection-manager';
import { lazy } from './memo';
import type { RouteConfiguration } from './route-configuration';
import type { SecretReference } from './sds';

export type FilterChain = EnvoyMessages['envoy.config.listener.v3.FilterChain'];

/** Answers nothing and closes: what arrives, be it a ClientHello, is not even looked at. */
const close = lazy(() => ({
  name: 'envoy.filters.network.direct_response',
  typed_config: any('envoy.extensions.filters.network.direct_response.v3.Config', {}),
}));

/** What is inlined for want of a control plane. */
export interface Inline {
  readonly secret: SecretReference;
  readonly routes: (routes: RouteConfigurationInput) => RouteConfiguration;
}

type RouteConfigurationInput = Extract<Input['action'], { type: 'http' }>['routes'];

export function filterChain({ name, match, action, tls }: Input, inline?: Inline): FilterChain {
  return {
    name,
    filter_chain_match: {
      transport_protocol: match.transport,
      ...(match.serverNames.length > 0 && { server_names: [...match.serverNames] }),
    },
    filters: [action.type === 'blocked' ? close() : httpConnectionManager(action, inline?.routes(action.routes))],
    ...(tls !== undefined && {
      transport_socket: (match.transport === 'quic' ? quicSocket : downstreamTlsSocket)(tls, inline?.secret),
    }),
  };
}
