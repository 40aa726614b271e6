import { diagnostic } from '../../diagnostics/diagnostic';
import { type Definition, subjectOf } from '../../model/definition';
import { consulIdentity } from '../../resolution/consul-identity';
import type { Violation } from '../../resolution/quarantine';
import { Sieve } from '../../resolution/sieve';
import { resolveTlsContext } from '../../resolution/tls-context';
import { revocationSource, upstreamTrust } from '../../resolution/trust';
import type { UpstreamReference } from '../../resolution/upstream-reference';
import { namesPeers } from '../../resolution/peer-names';
import { workloadIdentity } from '../../resolution/workload-identity';
import { type ReferenceRule, type RuleContext, strictly, upstreamsInService } from '../rule';

const WITH_TLS = new Sieve<UpstreamReference>(({ tls, service }) => tls !== undefined || /^https:/i.test(service));

/**
 * CS4001, CS4002, CS4010, CS4018: an upstream reached by TLS is verified, by CA and by name. What is not verified still runs, as in
 * Ambassador, with a warning; strictness makes it an error.
 */
export const upstreamVerificationRule: ReferenceRule = (context) => {
  const users = new Map<Definition<'TLSContext'>, string[]>();
  const violations: Violation[] = [];
  for (const reference of upstreamsInService(context, WITH_TLS)) {
    const { owner, tls } = reference;
    if (tls === undefined) {
      violations.push(...withoutContext(reference, context));
      continue;
    }
    const resolved = resolveTlsContext(context.definitions, tls, owner.metadata.namespace);
    if (resolved.type !== 'found') continue;
    const user = `${owner.kind} ${owner.metadata.name}`;
    const known = users.get(resolved.context);
    if (known === undefined) users.set(resolved.context, [user]);
    else known.push(user);
  }
  for (const [tlsContext, usedBy] of users) violations.push(...verification(tlsContext, usedBy, context));
  return violations;
};

function withoutContext(reference: UpstreamReference, { policy }: RuleContext): readonly Violation[] {
  const { owner, parsed, servicePath } = reference;
  if (!parsed.ok || parsed.service.scheme !== 'https') return [];
  const message = `the upstream ${parsed.service.host} is not verified: https:// without a TLSContext`;
  const fix = 'name a TLSContext with a CA in `tls`';
  const place = { subject: subjectOf(owner), location: owner.at(servicePath) };
  return [{ diagnostic: diagnostic('CS4001', { message, fix, severity: strictly(policy), ...place }) }];
}

function verification(
  tlsContext: Definition<'TLSContext'>,
  usedBy: readonly string[],
  context: RuleContext,
): readonly Violation[] {
  const subject = subjectOf(tlsContext);
  if (context.quarantine.reason(subject) !== undefined) return [];
  const { name } = tlsContext.metadata;
  const identity = workloadIdentity(tlsContext);
  // Whom Istio means depends on the destination: there is a rule for that.
  if (identity?.field === 'istio') return [];
  const named = namesPeers(tlsContext.spec) || consulIdentity(tlsContext, context.definitions) !== undefined;
  const trusted = identity !== undefined || upstreamTrust(tlsContext, context.definitions) !== undefined;
  if (!trusted && named) {
    const message = `TLSContext "${name}" says which names to accept, but not whom to trust`;
    const location = tlsContext.at(['spec', 'verify'], 'key');
    return [{ scope: 'upstream', diagnostic: diagnostic('CS4010', { message, subject, location, usedBy }) }];
  }
  if (!trusted && revocationSource(tlsContext, tlsContext.spec, ['spec'], context.definitions) !== undefined) {
    const message = `TLSContext "${name}" has a revocation list, and no CA to verify upstreams with`;
    const location = tlsContext.at(
      ['spec', tlsContext.spec.crl_secret === undefined ? 'crl_file' : 'crl_secret'],
      'key',
    );
    return [{ scope: 'upstream', diagnostic: diagnostic('CS4018', { message, subject, location, usedBy }) }];
  }
  if (trusted && named) return [];
  const location = tlsContext.at(['spec'], 'key');
  const severity = strictly(context.policy);
  const finding = trusted
    ? diagnostic('CS4002', {
        message: `TLSContext "${name}" accepts any ${identity === undefined ? 'certificate of its CA' : 'workload of its trust domain'}`,
        subject,
        location,
        severity,
        usedBy,
      })
    : diagnostic('CS4001', {
        message: `TLSContext "${name}" does not verify the upstream`,
        subject,
        location,
        severity,
        usedBy,
      });
  return [{ scope: 'upstream', diagnostic: finding }];
}
