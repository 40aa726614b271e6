import type { Definition } from '../model/definition';
import type { Listener } from './listener';
import { originOf } from './origin';
import type { TcpChainBuilder } from './tcp-chains';

/** The Listeners of TCPMappings whose address and port no Listener opens (Ambassador makes them up, too). */
export function tcpListeners(
  mappings: readonly Definition<'TCPMapping'>[],
  chains: TcpChainBuilder,
  bindAddress: string,
): readonly Listener[] {
  const byPort = new Map<string, Definition<'TCPMapping'>[]>();
  for (const mapping of mappings) {
    const { address = bindAddress, port } = mapping.spec;
    const name = `tcp-${address}-${port}`;
    byPort.set(name, [...(byPort.get(name) ?? []), mapping]);
  }
  return [...byPort].flatMap(([name, own]): Listener[] => {
    const [first] = own;
    if (first === undefined) return [];
    return [
      {
        name,
        address: first.spec.address ?? bindAddress,
        port: first.spec.port,
        transport: 'tcp',
        tlsInspector: own.some(({ spec }) => spec.host !== undefined),
        proxyProtocol: false,
        filterChains: chains.chains(own),
        origins: own.map(originOf),
      },
    ];
  });
}
