import { changedNames } from '../../snapshot/resource-set';
import { RESOURCE_TYPES, type Resource, type ResourceType, type Snapshot } from '../../snapshot/snapshot';

/** What some node of one group accepted last. */
class OfGroup {
  readonly byType: Readonly<Record<ResourceType, Map<string, Resource>>> = {
    clusters: new Map(),
    endpoints: new Map(),
    secrets: new Map(),
    listeners: new Map(),
    routes: new Map(),
  };
  /** Lists that were accepted as a whole before: every stream is sent the same ones. */
  known = new WeakSet<readonly Resource[]>();
  latest: Snapshot | undefined;
}

/**
 * The last bytes of each resource that some node of a group accepted: what a fresh Envoy gets in place of bytes that it
 * refused. A resource that leaves the snapshot is forgotten, key and all.
 */
export class AcceptedResources {
  readonly #groups = new Map<string, OfGroup>();

  /** @param resources Must not change any more. */
  accept(group: string, type: ResourceType, resources: readonly Resource[]): void {
    const { byType, known, latest } = this.#of(group);
    if (known.has(resources)) return;
    known.add(resources);
    const published = latest?.types[type].resources;
    for (const resource of resources) if (published?.has(resource.name)) byType[type].set(resource.name, resource);
  }

  get(group: string, type: ResourceType, name: string): Resource | undefined {
    return this.#groups.get(group)?.byType[type].get(name);
  }

  /** Must see each snapshot of the group once, in order. */
  publish(snapshot: Snapshot): void {
    const accepted = this.#of(snapshot.group);
    const previous = accepted.latest;
    accepted.latest = snapshot;
    // A list may be accepted anew under other names published, or after its resources changed and changed back.
    accepted.known = new WeakSet();
    if (previous === undefined) return;
    for (const type of RESOURCE_TYPES) {
      for (const name of changedNames(previous.types[type], snapshot.types[type])) {
        if (!snapshot.types[type].resources.has(name)) accepted.byType[type].delete(name);
      }
    }
  }

  #of(group: string): OfGroup {
    let accepted = this.#groups.get(group);
    if (accepted === undefined) this.#groups.set(group, (accepted = new OfGroup()));
    return accepted;
  }
}
