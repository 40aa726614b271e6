import type { Specs } from '../model/kinds';

/** The protocols of a Listener, as far as translation cares. */
export interface ListenerStack {
  readonly tls: boolean;
  readonly proxyProtocol: boolean;
}

/** Reads `protocolStack`, else `protocol` (Ambassador, "Listener: protocol and protocolStack"). */
export function listenerStack(spec: Specs['Listener']): ListenerStack {
  const stack: readonly string[] = spec.protocolStack ?? STACKS[spec.protocol ?? 'HTTP'] ?? [];
  return { tls: stack.includes('TLS'), proxyProtocol: stack.includes('PROXY') };
}

const STACKS: Readonly<Record<string, readonly string[]>> = {
  HTTP: ['HTTP', 'TCP'],
  HTTPS: ['TLS', 'HTTP', 'TCP'],
  HTTPPROXY: ['PROXY', 'HTTP', 'TCP'],
  HTTPSPROXY: ['TLS', 'PROXY', 'HTTP', 'TCP'],
};
