import { invariant } from '../diagnostics/invariant';
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
 * @throws InvariantError naming the first few faults: the compiler is wrong, and the last good snapshot must stay.
 */
export function checkConsistency(types: Readonly<Record<ResourceType, ResourceSet>>): void {
  const faults: string[] = [];
  const referenced = new Map<ResourceType, Set<string>>(REFERENCED.map((type) => [type, new Set<string>()]));
  for (const type of RESOURCE_TYPES) {
    for (const resource of types[type].resources.values()) {
      for (const target of RESOURCE_TYPES) {
        const names = resource.references[target];
        if (names === undefined) continue;
        const needed = referenced.get(target);
        for (const name of names) {
          needed?.add(name);
          if (!types[target].resources.has(name)) {
            faults.push(`${type} ${JSON.stringify(resource.name)} refers to missing ${target} ${JSON.stringify(name)}`);
          }
        }
      }
    }
  }
  for (const type of REFERENCED) {
    for (const name of types[type].resources.keys()) {
      if (!referenced.get(type)?.has(name)) faults.push(`nothing refers to ${type} ${JSON.stringify(name)}`);
    }
  }
  invariant(faults.length === 0, `inconsistent snapshot: ${faults.slice(0, 5).join('; ')}${rest(faults.length - 5)}`);
}

function rest(count: number): string {
  return count > 0 ? `; and ${count} more` : '';
}
