import type { Diagnostic } from '../../diagnostics/diagnostic';
import { printable } from '../../diagnostics/reporters/printable';
import type { Compared, Verdict } from '../../migration';

const TITLES: Readonly<Record<Verdict, string>> = {
  change: 'needs a change',
  differs: 'is served, and differs',
  better: 'is served, and better',
  same: 'is served, the same',
};

const VERDICTS = ['change', 'differs', 'better', 'same'] as const;

/** What to change first, then what differs, what is better, and how many are the same; then what is about no definition. */
export function textOf(compared: readonly Compared[], others: readonly Diagnostic[]): string {
  const sections = VERDICTS.flatMap((verdict) => {
    const found = compared.filter((each) => each.verdict === verdict);
    // Of what is the same, there is nothing to say but what is warned of.
    const told = verdict === 'same' ? found.filter(({ findings }) => findings.length > 0) : found;
    return told.map((each) => itemText(each, verdict));
  });
  const counts = VERDICTS.map(
    (verdict) => `${compared.filter((each) => each.verdict === verdict).length} ${WORDS[verdict]}`,
  );
  const rest = others.length === 0 ? '' : `${OTHERS}\n${others.map(otherText).join('')}`;
  const more = others.length === 0 ? '' : `; and ${others.length} ${others.length === 1 ? 'error' : 'errors'} besides`;
  return printable(
    `${sections.join('')}${rest}${compared.length} definitions: ${counts.join(', ')}${more}\nnothing was written\n`,
  );
}

/** Such as files that can’t be read, Secrets, and what Ingresses stand for. */
const OTHERS = 'what none of these definitions says, and is to be mended as well:';

const WORDS: Readonly<Record<Verdict, string>> = {
  change: 'need a change',
  differs: 'differ',
  better: 'are better',
  same: 'are the same',
};

function itemText({ subject, location, differences, findings }: Compared, verdict: Verdict): string {
  const { kind, namespace, name } = subject;
  const place = `${location.file}:${location.line}:${location.column}`;
  return [
    `${place} ${kind} ${namespace}/${name} ${TITLES[verdict]}\n`,
    ...findings.map(findingText),
    ...differences.map(
      ({ kind: how, field, note }) => `  ${how === 'better' ? 'better' : 'differs'}: ${field}: ${note}\n`,
    ),
  ].join('');
}

function otherText(finding: Diagnostic): string {
  const { subject, message } = finding;
  const about = subject === undefined ? '' : `${subject.kind} ${subject.namespace}/${subject.name}: `;
  return findingText({ ...finding, message: `${about}${message}` });
}

function findingText({ severity, code, message, fix, location }: Diagnostic): string {
  const place = location === undefined ? '' : `${location.file}:${location.line}:${location.column} `;
  return `  ${place}${severity} ${code} ${message}\n    fix: ${fix}\n`;
}
