import { diagnostic } from '../../diagnostics/diagnostic';
import { keyOf, subjectOf } from '../../model/definition';
import { moduleOf } from '../../resolution/module';
import type { Violation } from '../../resolution/quarantine';
import { type ReferenceRule, strictly } from '../rule';

/** CS5050, CS4048: a node group has one Module, and where clients are told apart by address, they do not choose it themselves. */
export const moduleConflictRule: ReferenceRule = ({ definitions, policy }) => {
  const module = moduleOf(definitions);
  if (module === undefined) return [];
  const others = definitions.of('Module').filter((other) => other !== module);
  const { ip_allow: allow, ip_deny: deny, use_remote_address: trusting } = module.spec.config ?? {};
  const list = allow === undefined ? 'ip_deny' : 'ip_allow';
  const claimed = trusting === false ? (allow ?? deny ?? []).findIndex(({ remote }) => remote !== undefined) : -1;
  return [
    ...others.map((other): Violation => {
      const message = `the Module of this node group is ${keyOf(subjectOf(module))}`;
      const related = [{ message: keyOf(subjectOf(module)), location: module.at(['metadata', 'name']) }];
      const location = other.at(['metadata', 'name']);
      return { diagnostic: diagnostic('CS5050', { message, subject: subjectOf(other), location, related }) };
    }),
    ...(claimed < 0
      ? []
      : [
          {
            diagnostic: diagnostic('CS4048', {
              message: 'with use_remote_address: false, clients say themselves what their remote address is',
              severity: strictly(policy),
              subject: subjectOf(module),
              location: module.at(['spec', 'config', list, claimed, 'remote']),
            }),
          },
        ]),
  ];
};
