import { type ApiObject, keyOfObject } from './api-object';
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

  /** Forgets all but what is in these, by `namespace/name`; looks at nothing where nothing can be gone. */
  keep(resource: Resource, there: readonly ReadonlyMap<string, unknown>[]): void {
    const statuses = this.#byResource.get(resource);
    const count = there.reduce((sum, { size }) => sum + size, 0);
    if (statuses === undefined || statuses.size <= count) return;
    for (const key of statuses.keys()) if (!there.some((entries) => entries.has(key))) statuses.delete(key);
  }
}
