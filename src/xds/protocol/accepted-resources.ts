import { changedNames } from '../../snapshot/resource-set';
import { RESOURCE_TYPES, type Resource, type ResourceType, type Snapshot } from '../../snapshot/snapshot';

/**
 * The last bytes of each resource that some node of a group accepted: what a fresh Envoy gets in place of bytes that it
 * refused. A resource that leaves the snapshot is forgotten, key and all.
 */
export class AcceptedResources {
  readonly #byGroup = new Map<string, Map<string, Resource>>();
  readonly #latest = new Map<string, Snapshot>();

  accept(group: string, type: ResourceType, resource: Resource): void {
    if (!this.#latest.get(group)?.types[type].resources.has(resource.name)) return;
    const key = `${type}\0${resource.name}`;
    const accepted = this.#byGroup.get(group) ?? new Map<string, Resource>();
    this.#byGroup.set(group, accepted);
    if (accepted.get(key) !== resource) accepted.set(key, resource);
  }

  get(group: string, type: ResourceType, name: string): Resource | undefined {
    return this.#byGroup.get(group)?.get(`${type}\0${name}`);
  }

  /** Must see each snapshot of the group once, in order. */
  publish(snapshot: Snapshot): void {
    const previous = this.#latest.get(snapshot.group);
    this.#latest.set(snapshot.group, snapshot);
    const accepted = this.#byGroup.get(snapshot.group);
    if (previous === undefined || accepted === undefined) return;
    for (const type of RESOURCE_TYPES) {
      for (const name of changedNames(previous.types[type], snapshot.types[type])) {
        if (!snapshot.types[type].resources.has(name)) accepted.delete(`${type}\0${name}`);
      }
    }
  }
}
