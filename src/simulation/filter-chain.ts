import type { FilterChain, Listener } from '../ir/listener';
import type { SimulatedRequest } from './request';

/**
 * The filter chain of a connection (Envoy, "FilterChainMatch"): server names are compared first, the full name before the
 * longest `*.suffix` before chains without names, and only among those of the same names the transport. Without the tls_inspector
 * every connection looks like cleartext.
 */
export function filterChainOf(listener: Listener, { tls }: SimulatedRequest): FilterChain | undefined {
  const inspected = listener.tlsInspector || listener.transport === 'udp' ? tls : undefined;
  const transport = listener.transport === 'udp' ? 'quic' : inspected === undefined ? 'raw_buffer' : 'tls';
  const named = chainsFor(listener.filterChains, inspected?.serverName?.toLowerCase());
  return (
    named.find(({ match }) => match.transport === transport) ?? named.find(({ match }) => match.transport === 'any')
  );
}

function chainsFor(chains: readonly FilterChain[], serverName: string | undefined): readonly FilterChain[] {
  for (const pattern of patternsFor(serverName)) {
    const found = chains.filter(({ match }) => match.serverNames.some((name) => name.toLowerCase() === pattern));
    if (found.length > 0) return found;
  }
  return chains.filter(({ match }) => match.serverNames.length === 0);
}

function patternsFor(serverName: string | undefined): readonly string[] {
  if (serverName === undefined) return [];
  const labels = serverName.split('.');
  return [serverName, ...labels.slice(1).map((_label, index) => `*.${labels.slice(index + 1).join('.')}`)];
}
