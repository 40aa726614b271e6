import type { Resource, ResourceSet } from '../snapshot/snapshot';
import { changedNames } from '../snapshot/resource-set';

/**
 * Which version of each resource a client has, as far as we know: what it told us on reconnecting, then what was sent.
 * A client in step with a whole set costs no memory of its own: only deviations from a shared set are stored.
 */
export class ClientVersions {
  #base: ResourceSet | undefined;
  /** Undefined as a value: the client does not have that name of the base. */
  readonly #deviations = new Map<string, string | undefined>();
  /** Names in unanswered responses, with the version to fall back to if the client refuses. */
  readonly #unanswered = new Map<string, { held: string | undefined; responses: number }>();

  get(name: string): string | undefined {
    if (this.#deviations.has(name)) return this.#deviations.get(name);
    return this.#base?.resources.get(name)?.version;
  }

  *names(): Iterable<string> {
    for (const [name, version] of this.#deviations) if (version !== undefined) yield name;
    for (const name of this.#base?.resources.keys() ?? []) if (!this.#deviations.has(name)) yield name;
  }

  set(name: string, version: string | undefined): void {
    this.#deviations.set(name, version);
  }

  forget(name: string): void {
    if (this.#base?.resources.has(name)) this.#deviations.set(name, undefined);
    else this.#deviations.delete(name);
  }

  sent(resource: Resource): void {
    const entry = this.#unanswered.get(resource.name) ?? { held: this.get(resource.name), responses: 0 };
    entry.responses += 1;
    this.#unanswered.set(resource.name, entry);
    this.set(resource.name, resource.version);
  }

  accepted(resource: Resource): void {
    const entry = this.#unanswered.get(resource.name);
    if (entry !== undefined) entry.held = resource.version;
    this.#answered(resource.name);
  }

  /** The client still has what it had before, unless something newer is already on its way. */
  refused(resource: Resource): void {
    const held = this.#unanswered.get(resource.name)?.held;
    if (this.get(resource.name) === resource.version) {
      if (held === undefined) this.forget(resource.name);
      else this.set(resource.name, held);
    }
    this.#answered(resource.name);
  }

  /** Stores nothing but the set if the client is in step with it. */
  rebase(set: ResourceSet): void {
    if (this.#unanswered.size > 0 || this.#base === set) return;
    const inStep = (name: string): boolean => this.get(name) === set.resources.get(name)?.version;
    if (this.#base === undefined && this.#deviations.size < set.resources.size) return;
    const moved = this.#base === undefined ? set.resources.keys() : changedNames(this.#base, set);
    for (const name of moved) if (!inStep(name)) return;
    for (const name of this.#deviations.keys()) if (!inStep(name)) return;
    this.#base = set;
    this.#deviations.clear();
  }

  #answered(name: string): void {
    const entry = this.#unanswered.get(name);
    if (entry === undefined) return;
    entry.responses -= 1;
    if (entry.responses === 0) this.#unanswered.delete(name);
  }
}
