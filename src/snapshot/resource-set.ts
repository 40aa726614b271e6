import { createHash } from 'node:crypto';
import type { Resource, ResourceSet } from './snapshot';

/** A version over names and versions, in the order of the names: what two replicas agree on without talking. */
export function setVersion(resources: Iterable<Resource>): string {
  const text = [...resources]
    .sort(byName)
    .map(({ name, version }) => `${name}\0${version}\0`)
    .join('');
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

/** Code-unit order: the same on every machine, unlike `localeCompare`. */
export function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}

const differences = new WeakMap<ResourceSet, WeakMap<ResourceSet, readonly string[]>>();

/**
 * Names whose resource was added, changed in version, or removed between two sets. Every stream asks the same question
 * after a publication, so the answer is kept for as long as both sets live.
 */
export function changedNames(previous: ResourceSet, next: ResourceSet): readonly string[] {
  if (previous === next || previous.version === next.version) return [];
  let answers = differences.get(previous);
  if (answers === undefined) differences.set(previous, (answers = new WeakMap()));
  let names = answers.get(next);
  if (names === undefined) answers.set(next, (names = compare(previous, next)));
  return names;
}

function compare(previous: ResourceSet, next: ResourceSet): string[] {
  const names: string[] = [];
  for (const [name, resource] of next.resources) {
    if (previous.resources.get(name)?.version !== resource.version) names.push(name);
  }
  for (const name of previous.resources.keys()) if (!next.resources.has(name)) names.push(name);
  return names;
}

export const EMPTY_SET: ResourceSet = { version: setVersion([]), resources: new Map() };
