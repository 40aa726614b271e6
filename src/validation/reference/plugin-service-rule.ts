import { diagnostic } from '../../diagnostics/diagnostic';
import { type Definition, keyOf, subjectOf } from '../../model/definition';
import { SINGLE_KINDS } from '../../resolution/plugin-services';
import type { Violation } from '../../resolution/quarantine';
import { inService, type ReferenceRule, type RuleContext, strictly } from '../rule';

/** CS4045, CS5055: there is one AuthService, RateLimitService and TracingService, and authentication does not fail open unnoticed. */
export const pluginServiceRule: ReferenceRule = (context) => [
  ...SINGLE_KINDS.flatMap((kind) => laterOnes(context.definitions.of(kind))),
  ...inService('AuthService', context).flatMap((service) => failsOpen(service, context)),
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
