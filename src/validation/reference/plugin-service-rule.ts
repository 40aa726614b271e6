import { diagnostic } from '../../diagnostics/diagnostic';
import { type Definition, keyOf, subjectOf } from '../../model/definition';
import { rateLimitDomain, SINGLE_KINDS } from '../../resolution/plugin-services';
import type { Violation } from '../../resolution/quarantine';
import { Sieve } from '../../resolution/sieve';
import { inService, type ReferenceRule, type RuleContext, strictly } from '../rule';

const SPEAKING = new Sieve<Definition<'Mapping'>>(
  ({ spec }) => (spec.labels ?? spec.auth_context_extensions) !== undefined,
);

/**
 * CS4045, CS5055, CS5059: there is one AuthService, RateLimitService and TracingService, authentication does not fail open unnoticed,
 * and somebody is told what Mappings say of themselves.
 */
export const pluginServiceRule: ReferenceRule = (context) => [
  ...SINGLE_KINDS.flatMap((kind) => laterOnes(context.definitions.of(kind))),
  ...inService('AuthService', context).flatMap((service) => failsOpen(service, context)),
  ...unheard(context),
];

/** One out of service counts: that it is broken does not make another one right. */
function laterOnes([first, ...others]: readonly Definition[]): readonly Violation[] {
  if (first === undefined) return [];
  const related = [{ message: 'the first one', location: first.at([]) }];
  return others.map((service) => {
    const subject = subjectOf(service);
    const message = `there is another ${service.kind}: ${keyOf(subjectOf(first))}`;
    const location = service.at(['metadata', 'name']);
    return { diagnostic: diagnostic('CS5055', { message, subject, location, related }) };
  });
}

function failsOpen(service: Definition<'AuthService'>, { policy }: RuleContext): readonly Violation[] {
  if (service.spec.failure_mode_allow !== true) return [];
  const message = 'requests pass unauthenticated while the service cannot be asked';
  const location = service.at(['spec', 'failure_mode_allow']);
  const severity = strictly(policy);
  return [{ diagnostic: diagnostic('CS4045', { message, subject: subjectOf(service), location, severity }) }];
}

function unheard(context: RuleContext): readonly Violation[] {
  const [auth] = context.definitions.of('AuthService');
  const [limits] = context.definitions.of('RateLimitService');
  const domain = limits && rateLimitDomain(limits, context.definitions);
  const byHttp = auth !== undefined && auth.spec.proto !== 'grpc';
  const speaking = inService('Mapping', context, SPEAKING).filter(
    ({ spec }) => spec.labels !== undefined || (byHttp && spec.auth_context_extensions !== undefined),
  );
  return speaking.flatMap((mapping): Violation[] => {
    const { labels, auth_context_extensions } = mapping.spec;
    const finding = (field: string, message: string): Violation => {
      const location = mapping.at(['spec', field], 'key');
      return { diagnostic: diagnostic('CS5059', { message, subject: subjectOf(mapping), location }) };
    };
    const found: Violation[] = [];
    if (labels !== undefined && (domain === undefined || !Object.hasOwn(labels, domain))) {
      const why = domain === undefined ? 'there is no RateLimitService' : `the RateLimitService has domain "${domain}"`;
      found.push(finding('labels', `nothing is limited by these labels: ${why}`));
    }
    if (byHttp && auth_context_extensions !== undefined)
      found.push(finding('auth_context_extensions', 'an AuthService of proto: http is not told of them'));
    return found;
  });
}
