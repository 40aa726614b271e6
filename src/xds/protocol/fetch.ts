import { byName, setVersion } from '../../snapshot/resource-set';
import type { Resource, ResourceType } from '../../snapshot/snapshot';
import { batchOf } from './batch';
import type { Outgoing } from './outgoing';
import type { TypeView } from './type-view';

const WILDCARD = '*';

/**
 * The one answer to a Fetch: all that the names ask for, as it is now. Like a first request on a stream, one without names
 * means everything for CDS and LDS and nothing for the other types. Undefined before the first snapshot.
 */
export function fetched(type: ResourceType, names: readonly string[], view: TypeView): Outgoing | undefined {
  const { set } = view;
  if (set === undefined) return undefined;
  const implied = names.length === 0 && (type === 'clusters' || type === 'listeners');
  const wanted = implied || names.includes(WILDCARD) ? set.resources.keys() : new Set(names);
  const resources = [...wanted]
    .map((name) => view.resource(name))
    .filter((resource): resource is Resource => resource !== undefined)
    .sort(byName);
  return {
    protocol: 'sotw',
    type,
    version: setVersion(resources),
    nonce: '',
    batch: batchOf(resources),
    removed: [],
    changed: resources,
    first: true,
  };
}
