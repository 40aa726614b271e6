import { type Diagnostic, diagnostic } from '../diagnostics/diagnostic';
import { type AnyDefinition, keyOf, subjectOf } from '../model/definition';
import { Definitions } from '../model/definitions';
import { type SecretUse, secretReferences } from '../resolution/secret-references';
import type { Acceptance, LastGood } from './accept';
import { keepsServing } from './consequence';

/**
 * Keeps in service the Secrets that were deleted although a TLSContext or a Host still names them: what is withdrawn is withdrawn by
 * the definition that names it, not by the loss of a certificate. `previous` and `since` are what the run before returned.
 *
 * @param left keys (`keyOf`) of what the operator’s restriction leaves out: that is not deleted but excluded
 */
export function keepDeletedSecrets(
  acceptance: Acceptance,
  previous: LastGood,
  since: ReadonlyMap<string, Date>,
  at: Date,
  left: { has(key: string): boolean },
): Acceptance {
  const deleted = new Map<string, AnyDefinition>();
  for (const [key, definition] of previous)
    if (definition.kind === 'Secret' && !acceptance.present.has(key) && !left.has(key)) deleted.set(key, definition);
  if (deleted.size === 0) return acceptance;
  const wanted = usesOf(acceptance.definitions, deleted);
  const kept: AnyDefinition[] = [];
  const diagnostics: Diagnostic[] = [];
  const lastGood = new Map(acceptance.lastGood);
  const keptSince = new Map(acceptance.keptSince);
  for (const [key, secret] of deleted) {
    const uses = wanted.get(key);
    if (uses?.[0] === undefined) continue;
    const first = since.get(key) ?? at;
    kept.push(secret);
    lastGood.set(key, secret);
    keptSince.set(key, first);
    const { owner, reference } = uses[0];
    const users = [...new Set(uses.map((use) => keyOf(subjectOf(use.owner))))].join(', ');
    diagnostics.push({
      ...diagnostic('CS6004', {
        message: `${key} is gone, but ${users} still ${users.includes(',') ? 'name' : 'names'} it`,
        subject: subjectOf(secret),
        location: owner.at(reference.path),
      }),
      consequence: keepsServing(first),
    });
  }
  return {
    ...acceptance,
    definitions: [...acceptance.definitions, ...kept],
    diagnostics: [...acceptance.diagnostics, ...diagnostics],
    lastGood,
    keptSince,
  };
}

/** Who names these Secrets, in any node group: by key of the Secret. */
function usesOf(
  accepted: readonly AnyDefinition[],
  deleted: ReadonlyMap<string, AnyDefinition>,
): ReadonlyMap<string, readonly SecretUse[]> {
  const all = Definitions.from([...accepted, ...deleted.values()]);
  const uses = new Map<string, SecretUse[]>();
  for (const group of all.groups())
    for (const use of secretReferences(all.forGroup(group))) {
      const key = keyOf({ kind: 'Secret', namespace: use.reference.namespace, name: use.reference.name });
      const known = uses.get(key);
      if (known === undefined) uses.set(key, [use]);
      else known.push(use);
    }
  return uses;
}
