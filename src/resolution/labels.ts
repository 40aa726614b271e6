import type { Specs } from '../model/kinds';
import type { ModuleConfig } from './module';

/** The labels of one descriptor, as v3alpha1 writes them. */
export type LabelGroup = NonNullable<Specs['Mapping']['labels']>[string][number][string];

const NONE: readonly LabelGroup[] = [];

/**
 * The groups of labels that a request of a Mapping carries for a domain (Ambassador, "Basic rate limiting"): the Module's default
 * labels go before those of each group, and are a group where there is none.
 */
export function labelGroups(
  { labels }: Specs['Mapping'],
  domain: string,
  { default_labels }: ModuleConfig,
): readonly LabelGroup[] {
  const usual = own(default_labels, domain)?.defaults ?? [];
  const groups = own(labels, domain)?.flatMap((group) => Object.values(group)) ?? NONE;
  if (usual.length === 0) return groups;
  return groups.length === 0 ? [usual] : groups.map((group) => [...usual, ...group]);
}

/** Whether a request of the Mapping carries labels for any domain. */
export function isLabelled({ labels }: Specs['Mapping'], { default_labels }: ModuleConfig): boolean {
  return Object.keys(labels ?? {}).length > 0 || Object.keys(default_labels ?? {}).length > 0;
}

/** Domains are the user's words: `constructor` is one like any other. */
function own<Value>(domains: Readonly<Record<string, Value>> | undefined, domain: string): Value | undefined {
  return domains !== undefined && Object.hasOwn(domains, domain) ? domains[domain] : undefined;
}
