import type { Diagnostic } from '../diagnostics/diagnostic';
import type { Definitions } from '../model/definitions';
import type { Policy } from '../resolution/policy';
import type { Quarantine } from '../resolution/quarantine';
import { withConsequence } from './consequence';
import { referenceRules } from './reference/rules';

/** Runs every rule across the definitions of one node group; what they refuse is added to `quarantine`. */
export function validate(
  definitions: Definitions,
  quarantine: Quarantine,
  policy: Policy,
  at: Date,
): readonly Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  for (const rule of referenceRules) {
    for (const violation of rule({ definitions, quarantine, policy, at })) {
      quarantine.add(violation);
      diagnostics.push(withConsequence(violation, definitions));
    }
  }
  return diagnostics;
}
