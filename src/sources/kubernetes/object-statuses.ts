import type { ApiObject } from './api-object';
import { keyOfObject } from './api-object';
import type { Resource } from './resource';

/** An object as far as its status goes. */
export interface ObjectWithStatus {
  readonly resource: Resource;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly generation: number;
  /** As the API has it, what others wrote too. */
  readonly status: Readonly<Record<string, unknown>>;
}

/** The statuses that the API has last told of; an object’s own documents stay the same while only its status changes. */
export class ObjectStatuses {
  readonly #byResource = new Map<Resource, Map<string, ObjectWithStatus>>();

  get all(): readonly ObjectWithStatus[] {
    return [...this.#byResource.values()].flatMap((statuses) => [...statuses.values()]);
  }

  note(resource: Resource, object: ApiObject): void {
    const statuses = this.#byResource.get(resource) ?? new Map<string, ObjectWithStatus>();
    this.#byResource.set(resource, statuses);
    const { namespace = '', name, uid = '', resourceVersion = '', generation = 0 } = object.metadata;
    const status = (object['status'] ?? {}) as ObjectWithStatus['status'];
    statuses.set(keyOfObject(object), { resource, namespace, name, uid, resourceVersion, generation, status });
  }

  /** Forgets all but these, by `namespace/name`. */
  keep(resource: Resource, keys: ReadonlySet<string>): void {
    const statuses = this.#byResource.get(resource);
    if (statuses === undefined || statuses.size <= keys.size) return;
    for (const key of statuses.keys()) if (!keys.has(key)) statuses.delete(key);
  }
}
