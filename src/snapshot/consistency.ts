import { invariant } from '../diagnostics/invariant';
import { sameReferences } from './references';
import { RESOURCE_TYPES, type ResourceSet, type ResourceType } from './snapshot';

/**
 * Types whose resources exist only for those that refer to them. One that nobody refers to would never be asked for, and
 * an unreferenced secret would be a private key held without need.
 */
const REFERENCED: readonly ResourceType[] = ['endpoints', 'secrets', 'routes'];

/**
 * Checks that whatever a resource refers to is supplied, and that nothing is supplied without need: Envoy would hold a
 * cluster or listener back in warming until a missing reference times out.
 *
 * @param before a snapshot that was checked; where only what is in resources is different, there is nothing to check
 * @throws InvariantError naming the first few faults: the compiler is wrong, and the last good snapshot must stay.
 */
export function checkConsistency(types: ResourceSets, before?: ResourceSets): void {
  if (before !== undefined && RESOURCE_TYPES.every((type) => refersAlike(types[type], before[type]))) return;
  const faults: string[] = [];
  for (const target of RESOURCE_TYPES) {
    const supplied = types[target].resources;
    const needed = RESOURCE_TYPES.map((type) => ({ type, lists: referencesFrom(types[type]).get(target) ?? [] }));
    for (const { type, lists } of needed)
      for (const names of lists)
        for (const name of names) if (!supplied.has(name)) faults.push(dangling(types[type], type, target, name));
    if (!REFERENCED.includes(target)) continue;
    const referenced = new Set(needed.flatMap(({ lists }) => lists.flat()));
    for (const name of supplied.keys())
      if (!referenced.has(name)) faults.push(`nothing refers to ${target} ${JSON.stringify(name)}`);
  }
  invariant(faults.length === 0, `inconsistent snapshot: ${faults.slice(0, 5).join('; ')}${rest(faults.length - 5)}`);
}

type ResourceSets = Readonly<Record<ResourceType, ResourceSet>>;

/** Whether both have the same names, each with the references that it had. */
function refersAlike(set: ResourceSet, before: ResourceSet): boolean {
  if (set === before) return true;
  if (set.resources.size !== before.resources.size) return false;
  for (const [name, { references }] of set.resources) {
    const earlier = before.resources.get(name)?.references;
    if (earlier === undefined || !sameReferences(earlier, references)) return false;
  }
  return true;
}

type References = ReadonlyMap<ResourceType, readonly (readonly string[])[]>;

const known = new WeakMap<ResourceSet, References>();

/** The lists of names that the resources of a set refer to, by type. */
function referencesFrom(set: ResourceSet): References {
  let references = known.get(set);
  if (references === undefined) {
    const lists = new Map<ResourceType, (readonly string[])[]>(RESOURCE_TYPES.map((type) => [type, []]));
    for (const { references: named } of set.resources.values())
      for (const [type, ofType] of lists) {
        const names = named[type];
        if (names !== undefined && names.length > 0) ofType.push(names);
      }
    references = lists;
    known.set(set, references);
  }
  return references;
}

function dangling({ resources }: ResourceSet, type: ResourceType, target: ResourceType, name: string): string {
  const owner = [...resources.values()].find(({ references }) => references[target]?.includes(name) === true)?.name;
  return `${type} ${JSON.stringify(owner)} refers to missing ${target} ${JSON.stringify(name)}`;
}

function rest(count: number): string {
  return count > 0 ? `; and ${count} more` : '';
}
