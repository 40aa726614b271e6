import type { Definition } from '../model/definition';
import type { Definitions } from '../model/definitions';
import { listenerBinds } from './attachment';
import { serverNameOf } from './hostname';
import { listenerStack } from './listener-stack';
import { ANY_ADDRESS, type Policy, bindAddressOf } from './policy';

/** TCPMappings of one address, port and server name, which divide its connections among them by weight. */
export function tcpGroup({ spec }: Definition<'TCPMapping'>): string {
  return JSON.stringify([spec.address ?? ANY_ADDRESS, spec.port, tcpServerName(spec.host)]);
}

/** The SNI that a TCPMapping’s connections ask for; undefined where it takes every connection. */
export function tcpServerName(host: string | undefined): string | undefined {
  return host === undefined ? undefined : serverNameOf(host);
}

/** The Listener that opens a TCPMapping’s port; undefined where none does, and the port is opened for the TCPMapping alone. */
export function tcpListenerOf(
  { spec }: Definition<'TCPMapping'>,
  definitions: Definitions,
  policy: Policy,
): Definition<'Listener'> | undefined {
  if (spec.address !== undefined && ![ANY_ADDRESS, bindAddressOf(policy)].includes(spec.address)) return undefined;
  return definitions
    .of('Listener')
    .find((listener) => listener.spec.port === spec.port && listenerStack(listener.spec).transport === 'tcp');
}

/** Whether a Listener serves HTTP for at least one Host. */
export function servesHttp(listener: Definition<'Listener'>, definitions: Definitions): boolean {
  return listenerStack(listener.spec).http && definitions.of('Host').some((host) => listenerBinds(listener, host));
}
