import type { Diagnostic } from '../diagnostics/diagnostic';
import { type AnyDefinition, type Decoded, keyOf, subjectOf } from '../model/definition';
import { failure } from '../model/failure';
import { Quarantine } from '../resolution/quarantine';
import { consequenceOf, keepsServing } from './consequence';
import { judgeDefinition } from './definition/rules';
import { remainderOf } from './remainder';
import type { DefinitionFinding } from './rule';
import { judgeSecret } from './secret-judgement';

/** The newest version of each definition that passed by itself, by `keyOf`: what keeps serving while its successor is bad. */
export type LastGood = ReadonlyMap<string, AnyDefinition>;

export interface Acceptance {
  /** Each definition as it is to be served: as it stands, or its last good version, or, quarantined, what can be read of it. */
  readonly definitions: readonly AnyDefinition[];
  readonly quarantine: Quarantine;
  readonly diagnostics: readonly Diagnostic[];
  /** To be given to the next run. Only what is still in the input: a definition that is gone is gone. */
  readonly lastGood: LastGood;
  /** Since when the last good version serves in the place of what is in the input, by `keyOf`; to be given to the next run. */
  readonly keptSince: ReadonlyMap<string, Date>;
  /** What is in the input, good or bad, by `keyOf`. */
  readonly present: ReadonlySet<string>;
}

/**
 * Judges each definition by itself. A bad one is replaced by its last good version, or quarantined if there is none. What is
 * being served is never withdrawn because time has passed: an expired certificate stays, with its diagnostic, until a
 * better one comes.
 */
export function accept(
  decoded: readonly Decoded[],
  previous: LastGood,
  at: Date,
  since: ReadonlyMap<string, Date> = new Map(),
): Acceptance {
  const definitions: AnyDefinition[] = [];
  const quarantine = new Quarantine();
  const diagnostics: Diagnostic[] = [];
  const lastGood = new Map<string, AnyDefinition>();
  const keptSince = new Map<string, Date>();
  const present = new Set<string>();
  for (const entry of decoded) {
    const { definition, subject } = entry;
    const judged = definition === undefined ? [] : judge(definition, at);
    const findings: readonly DefinitionFinding[] =
      judged.length === 0 ? entry.diagnostics : [...entry.diagnostics, ...judged];
    const fault = findings.length === 0 ? undefined : findings.find(({ severity }) => severity === 'error');
    const key = subject && keyOf(subject);
    if (key !== undefined) present.add(key);
    const served = fault === undefined || key === undefined ? definition : (previous.get(key) ?? undefined);
    if (served !== undefined) {
      definitions.push(served);
      const kept = fault !== undefined && key !== undefined ? (since.get(key) ?? at) : undefined;
      if (kept !== undefined && key !== undefined) keptSince.set(key, kept);
      if (findings.length > 0) diagnostics.push(...told(findings, kept && keepsServing(kept)));
      // Of two with one key the first counts, so its version is the one to fall back to.
      if (key !== undefined && !lastGood.has(key)) lastGood.set(key, served);
      continue;
    }
    const { definition: rest, scope } = remainderOf(entry, judged);
    diagnostics.push(...told(findings, fault && subject && consequenceOf(subject.kind, rest, scope)));
    if (rest !== undefined) definitions.push(rest);
    if (fault === undefined || subject === undefined) continue;
    if (rest === undefined) quarantine.addUnread({ ...fault, subject });
    else quarantine.add({ diagnostic: { ...fault, subject }, scope });
  }
  return { definitions, quarantine, diagnostics, lastGood, keptSince, present };
}

/** With what holds until the errors among them are mended. */
function told(findings: readonly DefinitionFinding[], consequence: string | undefined): readonly DefinitionFinding[] {
  if (consequence === undefined) return findings;
  return findings.map((finding) => (finding.severity === 'error' ? { ...finding, consequence } : finding));
}

function judge(definition: AnyDefinition, at: Date): readonly DefinitionFinding[] {
  try {
    const findings = judgeDefinition(definition);
    return definition.kind === 'Secret' ? [...findings, ...judgeSecret(definition, at)] : findings;
  } catch (error) {
    return [failure(error, subjectOf(definition), definition.at([]))];
  }
}
