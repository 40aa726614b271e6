import { diagnostic } from '../../diagnostics/diagnostic';
import { type Definition, subjectOf } from '../../model/definition';
import type { Violation } from '../../resolution/quarantine';
import { parseService } from '../../resolution/service-reference';
import { resolveTlsContext } from '../../resolution/tls-context';
import { upstreamTrust } from '../../resolution/trust';
import { inService, type ReferenceRule, type RuleContext, strictly } from '../rule';

/**
 * CS4001, CS4002, CS4010: an upstream reached by TLS is verified, by CA and by name. What is not verified still runs, as in
 * Ambassador, with a warning; strictness makes it an error.
 */
export const upstreamVerificationRule: ReferenceRule = (context) => {
  const users = new Map<Definition<'TLSContext'>, string[]>();
  const violations: Violation[] = [];
  for (const mapping of inService('Mapping', context)) {
    const { tls, service, host_redirect } = mapping.spec;
    if (host_redirect === true) continue;
    if (tls === undefined) {
      if (service.startsWith('https:')) violations.push(...withoutContext(mapping, context));
      continue;
    }
    const resolved = resolveTlsContext(context.definitions, tls, mapping.metadata.namespace);
    if (resolved.type !== 'found') continue;
    const known = users.get(resolved.context);
    if (known === undefined) users.set(resolved.context, [`Mapping ${mapping.metadata.name}`]);
    else known.push(`Mapping ${mapping.metadata.name}`);
  }
  for (const [tlsContext, usedBy] of users) violations.push(...verification(tlsContext, usedBy, context));
  return violations;
};

function withoutContext(mapping: Definition<'Mapping'>, { policy }: RuleContext): readonly Violation[] {
  const parsed = parseService(mapping.spec.service);
  if (!parsed.ok || parsed.service.scheme !== 'https') return [];
  const message = `the upstream ${parsed.service.host} is not verified: https:// without a TLSContext`;
  const fix = 'name a TLSContext with a CA in `tls`';
  const place = { subject: subjectOf(mapping), location: mapping.at(['spec', 'service']) };
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
  const { verify } = tlsContext.spec;
  const named = verify?.hostname !== undefined || verify?.subject_alt_names !== undefined;
  const trusted = upstreamTrust(tlsContext, context.definitions) !== undefined;
  if (!trusted && named) {
    const message = `TLSContext "${name}" says which names to accept, but not whom to trust`;
    const location = tlsContext.at(['spec', 'verify'], 'key');
    return [{ scope: 'upstream', diagnostic: diagnostic('CS4010', { message, subject, location, usedBy }) }];
  }
  if (trusted && named) return [];
  const location = tlsContext.at(['spec'], 'key');
  const severity = strictly(context.policy);
  const finding = trusted
    ? diagnostic('CS4002', {
        message: `TLSContext "${name}" accepts any certificate of its CA`,
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
