import type { Definition } from '../model/definition';
import { hostnameOf, listenerBinds } from '../resolution/attachment';
import { listenerStack } from '../resolution/listener-stack';
import type { BuildContext } from './build-context';
import { cleartextChainPolicy, tlsChainPolicy } from './chain-policy';
import type { ChainFrame, FilterChainBuilder } from './filter-chains';
import type { Listener } from './listener';
import { originOf } from './origin';

/** Ambassador binds every address unless told otherwise. */
const ADDRESS = '0.0.0.0';

/** The Listeners that are in service, sorted by name. One without a single filter chain is not opened: Envoy would refuse it. */
export function buildListeners(context: BuildContext, chains: FilterChainBuilder): readonly Listener[] {
  const hosts = servedHosts(context);
  return context.definitions
    .of('Listener')
    .filter((listener) => context.quarantine.reasonFor(listener) === undefined)
    .map((listener) =>
      buildListener(
        listener,
        hosts.filter((host) => listenerBinds(listener, host)),
        chains,
      ),
    )
    .filter(({ filterChains }) => filterChains.length > 0)
    .toSorted((a, b) => compare(a.name, b.name));
}

/** Sorted by hostname; of several that claim one hostname, the first by namespace and name. */
function servedHosts({ definitions }: BuildContext): readonly Definition<'Host'>[] {
  const byHostname = new Map<string, Definition<'Host'>>();
  for (const host of definitions.of('Host').toReversed()) byHostname.set(hostnameOf(host).toLowerCase(), host);
  return [...byHostname.values()].toSorted((a, b) => compare(hostnameOf(a), hostnameOf(b)));
}

function buildListener(
  definition: Definition<'Listener'>,
  hosts: readonly Definition<'Host'>[],
  chains: FilterChainBuilder,
): Listener {
  const { spec } = definition;
  const stack = listenerStack(spec);
  const name = `${stack.transport}-${ADDRESS}-${spec.port}`;
  const frame: ChainFrame = {
    listener: name,
    statPrefix: spec.statsPrefix ?? (stack.tls ? 'ingress_https' : 'ingress_http'),
    trustedHops: spec.l7Depth ?? 0,
    maxConcurrentStreams: spec.http2MaxConcurrentStreams,
  };
  if (stack.transport === 'udp') {
    return {
      name,
      address: ADDRESS,
      port: spec.port,
      transport: 'udp',
      tlsInspector: false,
      proxyProtocol: false,
      filterChains: chains.quicChains(hosts, tlsChainPolicy(spec), frame),
      origins: [originOf(definition), ...chains.serviceOrigins],
    };
  }
  const cleartextPolicy = cleartextChainPolicy(spec, stack);
  const cleartext = cleartextPolicy && chains.cleartextChain(hosts, cleartextPolicy, spec.securityModel, frame);
  return {
    name,
    address: ADDRESS,
    port: spec.port,
    transport: 'tcp',
    tlsInspector: stack.tls,
    proxyProtocol: stack.proxyProtocol,
    filterChains: [
      ...(stack.tls ? chains.tlsChains(hosts, tlsChainPolicy(spec), frame) : []),
      ...(cleartext === undefined ? [] : [cleartext]),
    ],
    origins: [originOf(definition), ...chains.serviceOrigins],
  };
}

function compare(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
