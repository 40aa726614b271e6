import type { Diagnostic } from '../diagnostics/diagnostic';
import type { Condition } from './condition';
import { message, part } from './message';

const MOST = 10;

/** Whether a definition is taken as it stands, with the codes and texts of `validate`. */
export function accepted(findings: readonly Diagnostic[]): Condition {
  const errors = findings.filter(({ severity }) => severity === 'error');
  const warnings = findings.filter(({ severity }) => severity === 'warning');
  const [first] = errors;
  if (first !== undefined)
    return { type: 'Accepted', status: 'False', reason: first.code, message: textOf([...errors, ...warnings]) };
  const reason = warnings.length === 0 ? 'Valid' : 'ValidWithWarnings';
  const text = warnings.length === 0 ? 'it is served as it stands' : textOf(warnings);
  return { type: 'Accepted', status: 'True', reason, message: text };
}

function textOf(findings: readonly Diagnostic[]): string {
  const lines = findings
    .slice(0, MOST)
    .map(({ severity, code, message: said, fix, consequence }) =>
      [`${severity} ${code} ${part(said)}`, ...(consequence ? [`until then: ${consequence}`] : []), `fix: ${fix}`].join(
        '; ',
      ),
    );
  const more = findings.length > MOST ? [`and ${findings.length - MOST} more`] : [];
  return message([...lines, ...more].join('\n'));
}
