import type { Definition } from '../model/definition';
import type { Definitions } from '../model/definitions';
import { hostnameOf } from './attachment';
import { contextCertificate } from './certificate-source';
import { type HostTls, hostTls } from './host-tls';
import { covers, overlaps, serverNameOf } from './hostname';

/** Who terminates TLS for a TCPMapping with a `host`. */
export interface TcpTermination {
  readonly by: Definition<'Host'> | Definition<'TLSContext'>;
  readonly tls: HostTls;
}

/**
 * The Host with a certificate whose hostname is the `host`; else the most specific one that covers it; else one that overlaps with it;
 * else a TLSContext that lists it in `hosts`, in the TCPMapping’s own namespace first (Ambassador, "TCPMapping: host"). Undefined: nobody.
 */
export function tcpTermination(
  { spec, metadata }: Definition<'TCPMapping'>,
  definitions: Definitions,
): TcpTermination | undefined {
  if (spec.host === undefined) return undefined;
  const name = serverNameOf(spec.host);
  const hosts = definitions.of('Host').filter((host) => hostTls(host, definitions) !== undefined);
  const named = (host: Definition<'Host'>) => serverNameOf(hostnameOf(host));
  const covering = hosts
    .filter((host) => covers(named(host), name))
    .toSorted((a, b) => named(b).length - named(a).length);
  const host =
    hosts.find((candidate) => named(candidate) === name) ??
    covering[0] ??
    hosts.find((candidate) => overlaps(named(candidate), name));
  const tls = host && hostTls(host, definitions);
  if (host !== undefined && tls !== undefined) return { by: host, tls };
  const contexts = definitions.of('TLSContext').filter(({ spec: { hosts: names = [] } }) => names.includes(name));
  const context = contexts.find((own) => own.metadata.namespace === metadata.namespace) ?? contexts[0];
  const certificate = context && contextCertificate(context, definitions);
  return context === undefined || certificate === undefined
    ? undefined
    : { by: context, tls: { certificate, settings: context.spec, owner: context, path: ['spec'] } };
}
