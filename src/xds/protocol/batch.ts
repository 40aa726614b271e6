import type { Resource, ResourceSet } from '../../snapshot/snapshot';

/** Bytes of resources in one response, unless one resource alone is larger. */
export const RESPONSE_BYTES = 2 * 1024 * 1024;

/** Resources that are sent together: one object for every stream to which they go, so that what is made of them is made once. */
export interface Batch {
  readonly list: readonly Resource[];
  readonly resources: ReadonlyMap<string, Resource>;
  /** Of the resources, without the envelope. */
  readonly bytes: number;
  /** The set of which this is one of several parts that do not overlap. */
  readonly of?: ResourceSet;
}

export const NOTHING: Batch = batchOf([]);

export function batchOf(list: readonly Resource[], resources?: ReadonlyMap<string, Resource>): Batch {
  return {
    list,
    resources: resources ?? new Map(list.map((resource) => [resource.name, resource])),
    bytes: list.reduce((bytes, { any }) => bytes + any.length, 0),
  };
}

const alone = new WeakMap<Resource, Batch>();

/** The batch of one resource. */
export function batchOfOne(resource: Resource): Batch {
  let batch = alone.get(resource);
  if (batch === undefined) alone.set(resource, (batch = batchOf([resource])));
  return batch;
}

const lists = new WeakMap<readonly Resource[], Batch>();

/** The batch of a list that must not change any more. */
export function batchOfList(list: readonly Resource[]): Batch {
  let batch = lists.get(list);
  if (batch === undefined) lists.set(list, (batch = batchOf(list)));
  return batch;
}

const whole = new WeakMap<ReadonlyMap<string, Resource>, Batch>();

/** All of a map of resources, which must not change any more. */
export function wholeBatch(resources: ReadonlyMap<string, Resource>): Batch {
  let batch = whole.get(resources);
  if (batch === undefined) whole.set(resources, (batch = batchOf([...resources.values()], resources)));
  return batch;
}

const divisions = new WeakMap<ResourceSet, readonly Batch[]>();

/** A whole set in responses of a good size, for clients that have nothing of it. @param single Whether each resource goes alone. */
export function divided(set: ResourceSet, single: boolean): readonly Batch[] {
  let batches = divisions.get(set);
  if (batches === undefined) {
    const resources = [...set.resources.values()];
    divisions.set(set, (batches = single ? resources.map(batchOfOne) : fill(resources, set)));
  }
  return batches;
}

function fill(resources: readonly Resource[], of: ResourceSet): Batch[] {
  const lists: Resource[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const resource of resources) {
    bytes += resource.any.length;
    const current = lists.at(-1);
    if (current !== undefined && bytes <= RESPONSE_BYTES) current.push(resource);
    else {
      lists.push([resource]);
      bytes = resource.any.length;
    }
  }
  return lists.map((list) => ({ ...batchOf(list), of }));
}
