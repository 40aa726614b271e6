import type { ResourceSet } from '../../snapshot/snapshot';
import { changedNames } from '../../snapshot/resource-set';

/**
 * Which version of each resource a client has, as far as we know: what it told us on reconnecting, then what was sent.
 * A client in step with a whole set costs no memory of its own: only deviations from a shared set are stored.
 */
export class ClientVersions {
  #base: ResourceSet | undefined;
  /** Undefined as a value: the client does not have that name of the base. */
  readonly #deviations = new Map<string, string | undefined>();
  /** Names in unanswered responses: what the client has for certain, and what each response would make of it, oldest first. */
  readonly #unanswered = new Map<string, { held: string | undefined; versions: (string | undefined)[] }>();

  get(name: string): string | undefined {
    if (this.#deviations.has(name)) return this.#deviations.get(name);
    return this.#base?.resources.get(name)?.version;
  }

  /** Whether nothing on its way would change what the client has under that name. */
  certain(name: string): boolean {
    return !this.#unanswered.has(name);
  }

  *names(): Iterable<string> {
    for (const [name, version] of this.#deviations) if (version !== undefined) yield name;
    for (const name of this.#base?.resources.keys() ?? []) if (!this.#deviations.has(name)) yield name;
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

  #answered(name: string, entry: { held: string | undefined; versions: (string | undefined)[] }): void {
    entry.versions.shift();
    if (entry.versions.length === 0) this.#unanswered.delete(name);
    this.#store(name, entry.versions.length === 0 ? entry.held : entry.versions.at(-1));
  }

  #store(name: string, version: string | undefined): void {
    if (this.#base?.resources.get(name)?.version === version) this.#deviations.delete(name);
    else this.#deviations.set(name, version);
  }
}
