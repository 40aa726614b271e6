import type { Listener as Input } from '../ir/listener';
import { any, type EnvoyMessages } from '../protos';
import { handshakeLog } from './access-log';
import { BUFFER_LIMIT_BYTES } from './buffer-limit';
import { filterChain, type Inline } from './filter-chain';
import { lazy } from './memo';

export type Listener = EnvoyMessages['envoy.config.listener.v3.Listener'];

const proxyProtocol = lazy(() => ({
  name: 'envoy.filters.listener.proxy_protocol',
  typed_config: any('envoy.extensions.filters.listener.proxy_protocol.v3.ProxyProtocol', {}),
}));

const tlsInspector = lazy(() => ({
  name: 'envoy.filters.listener.tls_inspector',
  typed_config: any('envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector', {}),
}));

export function listener(input: Input, inline?: Inline): Listener {
  // The PROXY header comes before the ClientHello.
  const filters = [...(input.proxyProtocol ? [proxyProtocol()] : []), ...(input.tlsInspector ? [tlsInspector()] : [])];
  return {
    name: input.name,
    address: {
      socket_address: {
        ...(input.transport === 'udp' && { protocol: 'UDP' }),
        address: input.address,
        port_value: input.port,
      },
    },
    ...(input.transport === 'udp' && { udp_listener_config: { quic_options: {} } }),
    ...(filters.length > 0 && { listener_filters: filters }),
    filter_chains: input.filterChains.map((chain) => filterChain(chain, inline)),
    per_connection_buffer_limit_bytes: { value: input.bufferLimitBytes ?? BUFFER_LIMIT_BYTES },
    ...(input.filterChains.some(({ tls }) => tls !== undefined) && { access_log: [handshakeLog(logOutput(input))] }),
    traffic_direction: 'INBOUND',
  };
}

/** Where requests of the listener are logged. */
function logOutput({ filterChains }: Input): Parameters<typeof handshakeLog>[0] {
  for (const { action } of filterChains) if (action.type === 'http') return action.options.accessLog.output;
  return 'stdout';
}
