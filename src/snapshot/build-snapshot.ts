import { invariant } from '../diagnostics/invariant';
import { checkConsistency } from './consistency';
import type { EncodableResource, ResourceEncoder } from './resource-encoder';
import { byName, setVersion } from './resource-set';
import { RESOURCE_TYPES, type Resource, type ResourceSet, type ResourceType, type Snapshot } from './snapshot';

/**
 * Builds one node group's snapshot. What did not change is shared with `previous`: each Resource, each ResourceSet, and
 * the snapshot itself if nothing changed at all, so that `built === previous` means that there is nothing to publish.
 *
 * @throws InvariantError for a duplicate name or a dangling or needless resource: keep serving `previous`.
 */
export function buildSnapshot<Name extends string>(
  group: string,
  encodables: Iterable<EncodableResource<Name>>,
  encoder: ResourceEncoder<Name>,
  previous?: Snapshot,
): Snapshot {
  const byType = new Map<ResourceType, Map<string, Resource>>(RESOURCE_TYPES.map((type) => [type, new Map()]));
  for (const encodable of encodables) {
    const resources = byType.get(encodable.type);
    invariant(resources !== undefined, `unknown resource type ${encodable.type}`);
    // Envoy ACKs two secrets of one name over SotW and uses either.
    invariant(!resources.has(encodable.name), `duplicate ${encodable.type} ${JSON.stringify(encodable.name)}`);
    const before = previous?.types[encodable.type].resources.get(encodable.name);
    resources.set(encodable.name, shared(encoder.encode(encodable), before));
  }

  const build = (type: ResourceType): ResourceSet =>
    sharedSet([...(byType.get(type)?.values() ?? [])], previous?.types[type]);
  const types: Record<ResourceType, ResourceSet> = {
    clusters: build('clusters'),
    endpoints: build('endpoints'),
    secrets: build('secrets'),
    listeners: build('listeners'),
    routes: build('routes'),
  };
  if (previous?.group === group && RESOURCE_TYPES.every((type) => types[type] === previous.types[type])) {
    return previous;
  }
  checkConsistency(types);
  return { group, types };
}

function shared(resource: Resource, before: Resource | undefined): Resource {
  if (before === undefined || before === resource || before.version !== resource.version) return resource;
  const same = sameReferences(before.references, resource.references) && sameOrigins(before.origins, resource.origins);
  // A definition that only moved to another line gets its new origin, but keeps the bytes that are already in memory.
  return same ? before : { ...resource, any: before.any };
}

function sharedSet(resources: readonly Resource[], before: ResourceSet | undefined): ResourceSet {
  const same = (each: Resource): boolean => before?.resources.get(each.name) === each;
  if (before?.resources.size === resources.length && resources.every(same)) return before;
  const sorted = [...resources].sort(byName);
  return {
    version: setVersion(sorted),
    resources: new Map(sorted.map((resource) => [resource.name, resource])),
  };
}

function sameReferences(a: Resource['references'], b: Resource['references']): boolean {
  if (a === b) return true;
  return RESOURCE_TYPES.every((type) => {
    const left = a[type] ?? [];
    const right = b[type] ?? [];
    return left.length === right.length && left.every((name, index) => name === right[index]);
  });
}

function sameOrigins(a: Resource['origins'], b: Resource['origins']): boolean {
  if (a === b) return true;
  return (
    a.length === b.length &&
    a.every((left, index) => {
      const right = b[index];
      return (
        right !== undefined &&
        (left === right ||
          (left.kind === right.kind &&
            left.namespace === right.namespace &&
            left.name === right.name &&
            left.location.file === right.location.file &&
            left.location.line === right.location.line &&
            left.location.column === right.location.column))
      );
    })
  );
}
