import { changedNames } from '../../snapshot/resource-set';
import type { ResourceSet } from '../../snapshot/snapshot';
import type { Batch } from './batch';

/**
 * Which version of each resource a client has, as far as we know: what it told us on reconnecting, then what was sent.
 * A client in step with a whole set costs no memory of its own, and one that is being sent a whole set next to none: only
 * deviations from what is shared are stored.
 */
export class ClientVersions {
  #base: ResourceSet | undefined;
  /** Sent to a client that had nothing of them, oldest first. */
  readonly #batches: Batch[] = [];
  /** Those of the batches that are unanswered. */
  readonly #open = new Set<Batch>();
  /** Undefined as a value: the client does not have that name of the base or of a batch. */
  readonly #deviations = new Map<string, string | undefined>();
  /** Names in unanswered responses: what the client has for certain, and what each response would make of it, oldest first. */
  readonly #unanswered = new Map<string, { held: string | undefined; versions: (string | undefined)[] }>();

  /** Whether the client has nothing and nothing is on its way to it. */
  get empty(): boolean {
    return (
      this.#base === undefined &&
      this.#batches.length === 0 &&
      this.#deviations.size === 0 &&
      this.#unanswered.size === 0
    );
  }

  get(name: string): string | undefined {
    return this.#deviations.has(name) ? this.#deviations.get(name) : this.#shared(name);
  }

  /** Whether nothing on its way would change what the client has under that name. */
  certain(name: string): boolean {
    if (this.#unanswered.has(name)) return false;
    for (const { resources } of this.#open) if (resources.has(name)) return false;
    return true;
  }

  *names(): Iterable<string> {
    for (const [name, version] of this.#deviations) if (version !== undefined) yield name;
    const shared = [this.#base?.resources, ...this.#batches.map(({ resources }) => resources)];
    for (const resources of shared)
      for (const name of resources?.keys() ?? []) if (!this.#deviations.has(name)) yield name;
  }

  /** The client says so itself. */
  reported(name: string, version: string): void {
    this.#store(name, version);
  }

  /** The client dropped it by itself: what is still on its way changes nothing. */
  forget(name: string): void {
    const entry = this.#unanswered.get(name);
    if (entry !== undefined) {
      entry.held = undefined;
      entry.versions.fill(undefined);
    }
    this.#store(name, undefined);
  }

  /** Undefined: removed. */
  sent(name: string, version: string | undefined): void {
    const entry = this.#unanswered.get(name) ?? { held: this.get(name), versions: [] };
    this.#unanswered.set(name, entry);
    entry.versions.push(version);
    this.#store(name, version);
  }

  /** The oldest unanswered response with this name was accepted. */
  accepted(name: string): void {
    const entry = this.#unanswered.get(name);
    if (entry === undefined) return;
    entry.held = entry.versions[0];
    this.#answered(name, entry);
  }

  /** The oldest unanswered response with this name was refused: the client still has what it had before. */
  refused(name: string): void {
    const entry = this.#unanswered.get(name);
    if (entry !== undefined) this.#answered(name, entry);
  }

  /** A batch of which the client has nothing is on its way to it. */
  sentBatch(batch: Batch): void {
    this.#batches.push(batch);
    this.#open.add(batch);
  }

  acceptedBatch(batch: Batch): void {
    this.#open.delete(batch);
  }

  refusedBatch(batch: Batch): void {
    this.#open.delete(batch);
    const index = this.#batches.indexOf(batch);
    if (index >= 0) this.#batches.splice(index, 1);
    // What was sent after it did not build on it.
    for (const [name, entry] of this.#unanswered) if (batch.resources.has(name)) entry.held = undefined;
  }

  /** The client has accepted all of a set, in batches, and nothing else was sent to it meanwhile. */
  completed(set: ResourceSet): void {
    if (this.#open.size > 0 || this.#unanswered.size > 0 || this.#deviations.size > 0) return;
    this.#base = set;
    this.#batches.length = 0;
  }

  /** Stores nothing but the set if the client is in step with it. */
  rebase(set: ResourceSet): void {
    if (this.#unanswered.size > 0 || this.#open.size > 0 || this.#base === set) return;
    const inStep = (name: string): boolean => this.get(name) === set.resources.get(name)?.version;
    const loose = this.#base === undefined || this.#batches.length > 0;
    if (loose && this.#count() < set.resources.size) return;
    const moved = loose || this.#base === undefined ? set.resources.keys() : changedNames(this.#base, set);
    for (const name of moved) if (!inStep(name)) return;
    for (const name of loose ? this.names() : this.#deviations.keys()) if (!inStep(name)) return;
    this.#base = set;
    this.#batches.length = 0;
    this.#deviations.clear();
  }

  /** At most so many names. */
  #count(): number {
    const base = this.#base?.resources.size ?? 0;
    return this.#batches.reduce((count, { list }) => count + list.length, base + this.#deviations.size);
  }

  #shared(name: string): string | undefined {
    for (let index = this.#batches.length - 1; index >= 0; index -= 1) {
      const resource = this.#batches[index]?.resources.get(name);
      if (resource !== undefined) return resource.version;
    }
    return this.#base?.resources.get(name)?.version;
  }

  #answered(name: string, entry: { held: string | undefined; versions: (string | undefined)[] }): void {
    entry.versions.shift();
    if (entry.versions.length === 0) this.#unanswered.delete(name);
    this.#store(name, entry.versions.length === 0 ? entry.held : entry.versions.at(-1));
  }

  #store(name: string, version: string | undefined): void {
    if (this.#shared(name) === version) this.#deviations.delete(name);
    else this.#deviations.set(name, version);
  }
}
