import { invariant, InvariantError } from '../diagnostics/invariant';
import { checkConsistency } from './consistency';
import type { EncodableResource, ResourceEncoder } from './resource-encoder';
import { sameReferences } from './references';
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
  const byType = new Map<ResourceType, EncodableResource<Name>[]>(RESOURCE_TYPES.map((type) => [type, []]));
  for (const encodable of encodables) {
    const ofType = byType.get(encodable.type);
    invariant(ofType !== undefined, 'unknown resource type');
    ofType.push(encodable);
  }
  const build = (type: ResourceType): ResourceSet =>
    buildSet(type, byType.get(type) ?? [], encoder, previous?.types[type]);
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
  checkConsistency(types, previous?.types);
  return { group, types };
}

/** What a set was made from, and by whom. */
interface Making {
  readonly encoder: object;
  readonly encodables: readonly object[];
  /** Of each of `encodables`. */
  readonly resources: readonly Resource[];
}

const makings = new WeakMap<ResourceSet, Making>();

function buildSet<Name extends string>(
  type: ResourceType,
  encodables: readonly EncodableResource<Name>[],
  encoder: ResourceEncoder<Name>,
  before: ResourceSet | undefined,
): ResourceSet {
  const known = before && makings.get(before);
  const making = known?.encoder === encoder ? known : undefined;
  // Most of a long list is as it was, in its old place: no need to look it up by name.
  const resources = encodables.map((encodable, index) => {
    const same = making?.encodables[index] === encodable ? making.resources[index] : undefined;
    return same ?? shared(encoder.encode(encodable), before?.resources.get(encodable.name));
  });
  const built =
    before !== undefined && sameItems(resources, making?.resources) ? before : sharedSet(type, resources, before);
  makings.set(built, { encoder, encodables, resources });
  return built;
}

function sameItems<T>(a: readonly T[], b: readonly T[] | undefined): boolean {
  return a.length === b?.length && a.every((item, index) => item === b[index]);
}

function shared(resource: Resource, before: Resource | undefined): Resource {
  if (before === undefined || before === resource || before.version !== resource.version) return resource;
  const same = sameReferences(before.references, resource.references) && sameOrigins(before.origins, resource.origins);
  // A definition that only moved to another line gets its new origin, but keeps the bytes that are already in memory.
  if (same) return before;
  const { name, version, references, external = false, origins } = resource;
  return { name, version, any: before.any, references, external, origins };
}

function sharedSet(type: ResourceType, resources: readonly Resource[], before: ResourceSet | undefined): ResourceSet {
  const sorted = new Map<string, Resource>();
  for (const resource of [...resources].sort(byName)) {
    // Envoy ACKs two secrets of one name over SotW and uses either.
    if (sorted.has(resource.name)) throw new InvariantError(`duplicate ${type} ${JSON.stringify(resource.name)}`);
    sorted.set(resource.name, resource);
  }
  const same = (each: Resource): boolean => before?.resources.get(each.name) === each;
  if (before?.resources.size === sorted.size && resources.every(same)) return before;
  return { version: setVersion(sorted.values()), resources: sorted };
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
