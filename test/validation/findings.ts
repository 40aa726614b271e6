import type { Diagnostic } from '../../src/diagnostics/diagnostic';
import { Definitions } from '../../src/model/definitions';
import { withDefaults } from '../../src/resolution/defaults';
import { DEFAULT_POLICY, type Policy } from '../../src/resolution/policy';
import type { Quarantine } from '../../src/resolution/quarantine';
import { accept } from '../../src/validation/accept';
import { validate } from '../../src/validation/validate';
import { decoded } from '../support/decoded';

const AT = new Date('2026-06-15T12:00:00Z');

/** What all rules say of these texts as one node group, and whom they put into quarantine. */
export function judged(
  texts: readonly string[],
  policy: Partial<Policy> = {},
): { readonly diagnostics: readonly Diagnostic[]; readonly quarantine: Quarantine; readonly definitions: Definitions } {
  const { definitions, quarantine, diagnostics } = accept(decoded(...texts), new Map(), AT);
  const own = withDefaults(Definitions.from(definitions), quarantine);
  const found = validate(own, quarantine, { ...DEFAULT_POLICY, ...policy }, AT);
  return { diagnostics: [...diagnostics, ...found], quarantine, definitions: own };
}

/** `severity code Kind name` of each finding, in the order in which they are told. */
export function findings(texts: readonly string[], policy: Partial<Policy> = {}): readonly string[] {
  return judged(texts, policy).diagnostics.map(
    ({ severity, code, subject }) => `${severity} ${code} ${subject?.kind} ${subject?.name}`,
  );
}
