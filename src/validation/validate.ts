import type { Diagnostic } from '../diagnostics/diagnostic';
import type { Definitions } from '../model/definitions';
import type { Policy } from '../resolution/policy';
import type { Quarantine } from '../resolution/quarantine';
import type { LeftOut } from '../resolution/selection';
import { withConsequence } from './consequence';
import { referenceRules } from './reference/rules';

/** Runs every rule across the definitions of one node group; what they refuse is added to `quarantine`. */
export function validate(
  definitions: Definitions,
  quarantine: Quarantine,
  policy: Policy,
  at: Date,
  left: LeftOut = new Map(),
): readonly Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  for (const rule of referenceRules) {
    for (const violation of rule({ definitions, quarantine, policy, at, left })) {
      quarantine.add(violation);
      const { toldAs } = violation;
      const told = withConsequence(violation, definitions);
      diagnostics.push(toldAs === undefined ? told : { ...told, severity: toldAs });
    }
  }
  return diagnostics;
}
