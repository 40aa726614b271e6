import type { Diagnostic } from '../diagnostics/diagnostic';
import { decode } from '../model/decode';
import { keyOf } from '../model/definition';
import type { Document } from '../model/document';
import { isKind, KIND_MODELS } from '../model/kinds';
import type { Compared, Difference, Verdict } from './compared';
import { differencesIn } from './differences';

/**
 * Compares what definitions mean in Emissary with what they mean here: one answer for each definition that was written for it.
 *
 * @param findings what a compilation of all of them says
 */
export function compare(documents: readonly Document[], findings: readonly Diagnostic[]): readonly Compared[] {
  const bySubject = new Map<string, Diagnostic[]>();
  for (const finding of findings) {
    if (finding.subject === undefined) continue;
    const key = keyOf(finding.subject);
    const list = bySubject.get(key);
    if (list === undefined) bySubject.set(key, [finding]);
    else list.push(finding);
  }
  const seen = new Set<string>();
  return documents.flatMap((document): Compared[] => {
    const { definition, subject } = decode(document);
    if (
      subject === undefined ||
      (isKind(subject.kind) && !KIND_MODELS[subject.kind].strict && subject.kind !== 'Ingress')
    )
      return [];
    const key = keyOf(subject);
    if (seen.has(key)) return [];
    seen.add(key);
    const told = bySubject.get(key) ?? [];
    const spec = definition === undefined || !('spec' in definition) ? undefined : definition.spec;
    const differences = isKind(subject.kind) && spec !== undefined ? differencesIn(subject.kind, spec) : [];
    return [
      {
        subject,
        location: document.locate([]),
        verdict: verdictOf(told, differences),
        differences,
        findings: told.filter(({ severity }) => severity !== 'info'),
      },
    ];
  });
}

function verdictOf(findings: readonly Diagnostic[], differences: readonly Difference[]): Verdict {
  if (findings.some(({ severity }) => severity === 'error')) return 'change';
  if (differences.some(({ kind }) => kind === 'differs')) return 'differs';
  return differences.length > 0 ? 'better' : 'same';
}
