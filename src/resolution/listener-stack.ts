import type { Specs } from '../model/kinds';

/** The protocols of a Listener, as far as translation cares. */
export interface ListenerStack {
  /** UDP carries HTTP/3 (QUIC), and nothing else. */
  readonly transport: 'tcp' | 'udp';
  /** Serves HTTP for Hosts; without it, TCPMappings only. */
  readonly http: boolean;
  readonly tls: boolean;
  readonly proxyProtocol: boolean;
}

/** Reads `protocolStack`, else `protocol` (Ambassador, "Listener: protocol and protocolStack"). */
export function listenerStack(spec: Specs['Listener']): ListenerStack {
  const stack = protocolsOf(spec);
  return {
    transport: stack.includes('UDP') ? 'udp' : 'tcp',
    http: stack.includes('HTTP'),
    tls: stack.includes('TLS'),
    proxyProtocol: stack.includes('PROXY'),
  };
}

/** The layers from the outermost to the transport, as written or as the shorthand stands for. */
export function protocolsOf(spec: Specs['Listener']): readonly string[] {
  return spec.protocolStack ?? STACKS[spec.protocol ?? 'HTTP'] ?? [];
}

const STACKS: Readonly<Record<string, readonly string[]>> = {
  HTTP: ['HTTP', 'TCP'],
  HTTPS: ['TLS', 'HTTP', 'TCP'],
  HTTPPROXY: ['PROXY', 'HTTP', 'TCP'],
  HTTPSPROXY: ['TLS', 'PROXY', 'HTTP', 'TCP'],
  TCP: ['TCP'],
  TLS: ['TLS', 'TCP'],
};
