import { diagnostic } from '../../diagnostics/diagnostic';
import { type Definition, subjectOf } from '../../model/definition';
import { hostTls, linkedContext } from '../../resolution/host-tls';
import type { Violation } from '../../resolution/quarantine';
import { tcpTermination } from '../../resolution/tcp-termination';
import { workloadIdentity } from '../../resolution/workload-identity';
import { type ReferenceRule, inService } from '../rule';

/** CS7044: nobody terminates TLS with a TLSContext whose certificate and roots are for connections to upstreams. */
export const workloadIdentityRule: ReferenceRule = (context) => {
  const { definitions } = context;
  if (!definitions.of('TLSContext').some((candidate) => workloadIdentity(candidate) !== undefined)) return [];
  const found: Violation[] = [];
  const say = (owner: Definition<'Host'> | Definition<'TCPMapping'>, by: Definition<'TLSContext'>) => {
    const field = workloadIdentity(by)?.field;
    if (field === undefined) return;
    const message = `TLSContext "${by.metadata.name}" of ${owner.kind} "${owner.metadata.name}" has ${field}, which is for upstreams`;
    const related = [{ message: 'the TLSContext', location: by.at(['spec', field], 'key') }];
    const location = owner.at(['spec'], 'key');
    found.push({ diagnostic: diagnostic('CS7044', { message, subject: subjectOf(owner), location, related }) });
  };
  for (const host of inService('Host', context)) {
    const linked = linkedContext(host, definitions);
    if (linked !== undefined && (host.spec.tlsContext !== undefined || hostTls(host, definitions) !== undefined))
      say(host, linked);
  }
  for (const mapping of inService('TCPMapping', context)) {
    const owner = tcpTermination(mapping, definitions)?.tls.owner;
    if (owner?.kind === 'TLSContext') say(mapping, owner);
  }
  return found;
};
