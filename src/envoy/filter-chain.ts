import type { FilterChain as Input } from '../ir/listener';
import { any, type EnvoyMessages } from '../protos';
import { downstreamTlsSocket, quicSocket } from './downstream-tls-context';
import { httpConnectionManager } from './http-connection-manager';
import { lazy } from './memo';
import type { RouteConfiguration } from './route-configuration';
import type { SecretReference } from './sds';
import { tcpProxy } from './tcp-proxy';

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
      ...(match.transport !== 'any' && { transport_protocol: match.transport }),
      ...(match.serverNames.length > 0 && { server_names: [...match.serverNames] }),
    },
    filters: [networkFilter(action, inline)],
    ...(tls !== undefined && {
      transport_socket: (match.transport === 'quic' ? quicSocket : downstreamTlsSocket)(tls, inline?.secret),
    }),
  };
}

function networkFilter(
  action: Input['action'],
  inline: Inline | undefined,
): NonNullable<FilterChain['filters']>[number] {
  switch (action.type) {
    case 'http':
      return httpConnectionManager(action, inline?.routes(action.routes));
    case 'tcp':
      return tcpProxy(action);
    case 'blocked':
      return close();
  }
}
