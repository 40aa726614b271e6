import { diagnostic, type Diagnostic } from '../diagnostics/diagnostic';
import { type Definition, keyOf, subjectOf } from './definition';
import type { Kind } from './kinds';

/** Belongs to every node group, in any position of the list. */
const AUTOMATIC = '_automatic_';
const DEFAULT_GROUP = 'default';

/** Every definition of one moment, or of one node group, by kind, namespace and name. Immutable. */
export class Definitions {
  /** Sorted by namespace and name, without duplicates. */
  readonly all: readonly Definition[];
  /** One error for each definition whose kind, namespace and name were taken; the first one counts. */
  readonly diagnostics: readonly Diagnostic[];
  readonly #byKind = new Map<Kind, readonly Definition[]>();
  readonly #byName = new Map<Kind, ReadonlyMap<string, Definition>>();

  private constructor(all: readonly Definition[], diagnostics: readonly Diagnostic[]) {
    this.all = all;
    this.diagnostics = diagnostics;
  }

  static from(definitions: readonly Definition[]): Definitions {
    const diagnostics: Diagnostic[] = [];
    const byKey = new Map<string, Definition>();
    for (const definition of definitions) {
      const key = keyOf(subjectOf(definition));
      const first = byKey.get(key);
      if (first === undefined) byKey.set(key, definition);
      else if (first !== definition) diagnostics.push(duplicate(definition, first));
    }
    return new Definitions([...byKey.values()].sort(byNamespaceAndName), diagnostics);
  }

  /** The definitions of a kind, sorted by namespace and name. */
  of<K extends Kind>(kind: K): readonly Definition<K>[] {
    let known = this.#byKind.get(kind);
    if (known === undefined) {
      known = this.all.filter((definition) => definition.kind === kind);
      this.#byKind.set(kind, known);
    }
    return known as readonly Definition<K>[];
  }

  find<K extends Kind>(kind: K, namespace: string, name: string): Definition<K> | undefined {
    let known = this.#byName.get(kind);
    if (known === undefined) {
      known = new Map(this.of(kind).map((definition) => [nameOf(definition.metadata), definition]));
      this.#byName.set(kind, known);
    }
    return known.get(nameOf({ namespace, name })) as Definition<K> | undefined;
  }

  /** Those that belong to the node group: by `ambassador_id`, or because their kind has no such field. */
  forGroup(ambassadorId: string): Definitions {
    const own = this.all.filter(
      ({ ambassadorIds }) =>
        ambassadorIds === '*' || ambassadorIds.includes(ambassadorId) || ambassadorIds.includes(AUTOMATIC),
    );
    return own.length === this.all.length ? this : new Definitions(own, []);
  }

  /** Those that `keep` keeps. */
  filter(keep: (definition: Definition) => boolean): Definitions {
    const kept = this.all.filter(keep);
    return kept.length === this.all.length ? this : new Definitions(kept, []);
  }

  /** These and more, of names that are not taken. */
  with(added: readonly Definition[]): Definitions {
    return added.length === 0 ? this : new Definitions([...this.all, ...added].sort(byNamespaceAndName), []);
  }

  /** Every node group that a definition names, and `default`; sorted. */
  groups(): readonly string[] {
    const ids = new Set([DEFAULT_GROUP]);
    for (const { ambassadorIds } of this.all) {
      if (ambassadorIds !== '*') for (const id of ambassadorIds) ids.add(id);
    }
    ids.delete(AUTOMATIC);
    return [...ids].sort();
  }
}

function nameOf({ namespace, name }: { readonly namespace: string; readonly name: string }): string {
  return `${namespace}/${name}`;
}

function duplicate(later: Definition, first: Definition): Diagnostic {
  const subject = subjectOf(later);
  return diagnostic('CS1026', {
    message: `${subject.kind} ${subject.namespace}/${subject.name} is defined twice; the first definition counts`,
    location: later.at(['metadata', 'name']),
    subject,
    related: [{ message: 'first defined here', location: first.at(['metadata', 'name']) }],
  });
}

function byNamespaceAndName(a: Definition, b: Definition): number {
  return compare(a.metadata.namespace, b.metadata.namespace) || compare(a.metadata.name, b.metadata.name);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
