import { type Diagnostic, diagnostic, type Severity } from '../diagnostics/diagnostic';
import { type AnyDefinition, type Definition, keyOf, subjectOf } from '../model/definition';
import type { Acceptance, LastGood } from './accept';
import { keepsServing } from './consequence';

/** The version of a Secret that is served, and the one in the input that would take its place. */
export interface Versions {
  readonly served: Definition<'Secret'>;
  readonly next: Definition<'Secret'>;
}

/** Of each Secret that was served before and is still there, by `keyOf`; whether or not it has changed. */
export function versionsOf({ definitions }: Acceptance, previous: LastGood): ReadonlyMap<string, Versions> {
  const versions = new Map<string, Versions>();
  for (const next of definitions) {
    if (next.kind !== 'Secret') continue;
    const key = keyOf(subjectOf(next));
    const served = previous.get(key);
    if (served?.kind === 'Secret') versions.set(key, { served, next });
  }
  return versions;
}

/**
 * The acceptance in which these Secrets stay as they are served.
 *
 * @param held why, by `keyOf`; nothing in it changes nothing
 */
export function withHeld(
  code: 'CS6005' | 'CS6006' | 'CS6012',
  acceptance: Acceptance,
  versions: ReadonlyMap<string, Versions>,
  held: ReadonlyMap<string, string>,
  since: ReadonlyMap<string, Date>,
  at: Date,
  severity?: Severity,
): Acceptance {
  if (held.size === 0) return acceptance;
  const lastGood = new Map(acceptance.lastGood);
  const keptSince = new Map(acceptance.keptSince);
  const diagnostics: Diagnostic[] = [];
  const replaced = new Map<AnyDefinition, AnyDefinition>();
  for (const [key, why] of held) {
    const both = versions.get(key);
    if (both === undefined) continue;
    const first = since.get(key) ?? at;
    replaced.set(both.next, both.served);
    lastGood.set(key, both.served);
    keptSince.set(key, first);
    const details = {
      message: `${key} is held back: ${why}`,
      subject: subjectOf(both.next),
      location: both.next.at([]),
      ...(severity !== undefined && { severity }),
    };
    diagnostics.push({ ...diagnostic(code, details), consequence: keepsServing(first) });
  }
  return {
    ...acceptance,
    definitions: acceptance.definitions.map((definition) => replaced.get(definition) ?? definition),
    diagnostics: [...acceptance.diagnostics, ...diagnostics],
    lastGood,
    keptSince,
  };
}
