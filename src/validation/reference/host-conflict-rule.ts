import { diagnostic } from '../../diagnostics/diagnostic';
import { type Definition, keyOf, subjectOf } from '../../model/definition';
import { hostnameOf } from '../../resolution/attachment';
import { serverNameOf } from '../../resolution/hostname';
import { hostTls } from '../../resolution/host-tls';
import type { Violation } from '../../resolution/quarantine';
import type { ReferenceRule, RuleContext } from '../rule';

/** CS4013, CS5009: no two Hosts claim one hostname, and those that share a server name agree on its TLS. */
export const hostConflictRule: ReferenceRule = (context) => {
  const byHostname = new Map<string, Definition<'Host'>>();
  const byServerName = new Map<string, Definition<'Host'>>();
  return context.definitions.of('Host').flatMap((host): Violation[] => {
    const hostname = hostnameOf(host).toLowerCase();
    const taken = byHostname.get(hostname);
    if (taken !== undefined) {
      const message = `hostname "${hostname}" is taken by ${keyOf(subjectOf(taken))}`;
      return [{ diagnostic: diagnostic('CS5009', { message, ...place(host, taken) }) }];
    }
    byHostname.set(hostname, host);
    const serverName = serverNameOf(hostname);
    const sharer = byServerName.get(serverName);
    if (sharer === undefined) {
      if (tlsIdentity(host, context) !== undefined) byServerName.set(serverName, host);
      return [];
    }
    if (tlsIdentity(host, context) === undefined || tlsIdentity(host, context) === tlsIdentity(sharer, context))
      return [];
    const message = `the TLS of "${serverName}" differs from that of ${keyOf(subjectOf(sharer))}`;
    return [{ diagnostic: diagnostic('CS4013', { message, ...place(host, sharer) }) }];
  });
};

function place(host: Definition<'Host'>, other: Definition<'Host'>) {
  const related = [{ message: keyOf(subjectOf(other)), location: other.at(['spec', 'hostname']) }];
  return { subject: subjectOf(host), location: host.at(['spec', 'hostname']), related };
}

function tlsIdentity(host: Definition<'Host'>, { definitions }: RuleContext): string | undefined {
  const tls = hostTls(host, definitions);
  if (tls === undefined) return undefined;
  const { certificate, settings, owner } = tls;
  const { namespace } = owner.metadata;
  const served =
    certificate.type === 'secret'
      ? [certificate.reference.namespace, certificate.reference.name]
      : [certificate.chain, certificate.key];
  return JSON.stringify([served, namespace, settings]);
}
