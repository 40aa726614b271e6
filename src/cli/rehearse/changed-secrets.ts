import type { Compilation } from '../../compile';
import type { AnyDefinition } from '../../model/definition';
import { type ClusterPlan, demandSame, presentSame } from '../../rehearsal';
import type { Attempted } from './rehearse';

/** A Secret of a cluster, and what it is for there. */
export interface ChangedSecret {
  readonly role: 'presented' | 'demanded';
  readonly next: AnyDefinition;
}

/** The Secrets that make a plan differ from the one that is served. */
export function changedSecrets(
  plan: ClusterPlan,
  served: ClusterPlan,
  candidate: Compilation,
): readonly ChangedSecret[] {
  const secrets = (role: ChangedSecret['role']) =>
    (plan.tls?.[role]?.origins ?? []).flatMap(({ kind, namespace, name }): ChangedSecret[] => {
      const next = kind === 'Secret' ? candidate.definitions.find('Secret', namespace, name) : undefined;
      return next === undefined ? [] : [{ role, next }];
    });
  return [
    ...(presentSame(plan, served) ? [] : secrets('presented')),
    ...(demandSame(plan, served) ? [] : secrets('demanded')),
  ];
}

/** Whose fault it is as far as the verdict tells; else any that has changed. */
export function blame(changed: readonly ChangedSecret[], { verdict }: Attempted): readonly AnyDefinition[] {
  const meant = changed.filter(({ role }) => role === verdict.about);
  return [...new Set((meant.length > 0 ? meant : changed).map(({ next }) => next))];
}
