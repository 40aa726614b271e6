import type { Definition } from '../model/definition';
import { hostnameOf, listenerBinds } from '../resolution/attachment';
import { serverNameOf } from '../resolution/hostname';
import { listenerStack } from '../resolution/listener-stack';
import { moduleConfig } from '../resolution/module';
import { bindAddressOf } from '../resolution/policy';
import { tcpListenerOf } from '../resolution/tcp-listener';
import type { BuildContext } from './build-context';
import { cleartextChainPolicy, tlsChainPolicy } from './chain-policy';
import type { ChainFrame, FilterChainBuilder } from './filter-chains';
import type { FilterChain, Listener } from './listener';
import { originOf } from './origin';
import type { TcpChainBuilder } from './tcp-chains';
import { tcpListeners } from './tcp-listeners';

/** Who makes the filter chains of a Listener. */
export interface ChainBuilders {
  readonly http: FilterChainBuilder;
  readonly tcp: TcpChainBuilder;
}

/**
 * The Listeners that are in service, and those of TCPMappings whose port no Listener opens; sorted by name. One without a single filter
 * chain is not opened: Envoy would refuse it.
 */
export function buildListeners(context: BuildContext, { http, tcp }: ChainBuilders): readonly Listener[] {
  const { definitions, quarantine, policy } = context;
  const bindAddress = bindAddressOf(policy);
  const hosts = servedHosts(context);
  const { buffer_limit_bytes: bufferLimitBytes } = moduleConfig(definitions);
  const tcpMappings = new Map<Definition<'Listener'> | undefined, Definition<'TCPMapping'>[]>();
  for (const mapping of definitions.of('TCPMapping')) {
    const listener = tcpListenerOf(mapping, definitions, policy);
    tcpMappings.set(listener, [...(tcpMappings.get(listener) ?? []), mapping]);
  }
  const defined = definitions
    .of('Listener')
    .filter((listener) => quarantine.reasonFor(listener) === undefined)
    .map((listener) =>
      buildListener(
        listener,
        hosts.filter((host) => listenerBinds(listener, host)),
        http,
        tcp.chains(tcpMappings.get(listener) ?? []),
        bindAddress,
      ),
    );
  return [...defined, ...tcpListeners(tcpMappings.get(undefined) ?? [], tcp, bindAddress)]
    .filter(({ filterChains }) => filterChains.length > 0)
    .map((listener) => (bufferLimitBytes === undefined ? listener : { ...listener, bufferLimitBytes }))
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
  tcpChains: readonly FilterChain[],
  address: string,
): Listener {
  const { spec } = definition;
  const stack = listenerStack(spec);
  const name = `${stack.transport}-${address}-${spec.port}`;
  const frame: ChainFrame = {
    listener: name,
    statPrefix: spec.statsPrefix ?? (stack.tls ? 'ingress_https' : 'ingress_http'),
    trustedHops: spec.l7Depth ?? 0,
    maxConcurrentStreams: spec.http2MaxConcurrentStreams,
  };
  if (stack.transport === 'udp') {
    return {
      name,
      address,
      port: spec.port,
      transport: 'udp',
      tlsInspector: false,
      proxyProtocol: false,
      filterChains: chains.quicChains(hosts, tlsChainPolicy(spec), frame),
      origins: [originOf(definition), ...chains.serviceOrigins],
    };
  }
  const taken = new Set(tcpChains.flatMap(({ match }) => (isForEveryName(match) ? ['*'] : match.serverNames)));
  const httpsHosts = hosts.filter((host) => !taken.has(serverNameOf(hostnameOf(host))));
  const cleartextPolicy = stack.http ? cleartextChainPolicy(spec, stack) : undefined;
  const cleartext = cleartextPolicy && chains.cleartextChain(hosts, cleartextPolicy, spec.securityModel, frame);
  return {
    name,
    address,
    port: spec.port,
    transport: 'tcp',
    tlsInspector: stack.tls,
    proxyProtocol: stack.proxyProtocol,
    filterChains: [
      ...tcpChains,
      ...(stack.http && stack.tls ? chains.tlsChains(httpsHosts, tlsChainPolicy(spec), frame) : []),
      ...(cleartext === undefined ? [] : [cleartext]),
    ],
    origins: [originOf(definition), ...chains.serviceOrigins],
  };
}

function isForEveryName({ transport, serverNames }: FilterChain['match']): boolean {
  return transport === 'tls' && serverNames.length === 0;
}

function compare(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
