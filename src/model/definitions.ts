import { diagnostic, type Diagnostic } from '../diagnostics/diagnostic';
import { type Definition, keyOf, subjectOf } from './definition';
import type { Kind } from './kinds';

/** Belongs to every node group, in any position of the list. */
const AUTOMATIC = '_automatic_';
const DEFAULT_GROUP = 'default';

/** Every definition of one moment, or of one node group, by kind, namespace and name. Immutable. */
export class Definitions {
  /** In the order they were given, without duplicates. */
  readonly all: readonly Definition[];
  /** One error for each definition whose kind, namespace and name were taken; the first one counts. */
  readonly diagnostics: readonly Diagnostic[];
  readonly #byKey = new Map<string, Definition>();
  readonly #byKind = new Map<Kind, readonly Definition[]>();

  constructor(definitions: readonly Definition[]) {
    const diagnostics: Diagnostic[] = [];
    for (const definition of definitions) {
      const key = keyOf(subjectOf(definition));
      const first = this.#byKey.get(key);
      if (first === undefined) this.#byKey.set(key, definition);
      else if (first !== definition) diagnostics.push(duplicate(definition, first));
    }
    this.all = [...this.#byKey.values()];
    this.diagnostics = diagnostics;
  }

  /** The definitions of a kind, sorted by namespace and name. */
  of<K extends Kind>(kind: K): readonly Definition<K>[] {
    const known = this.#byKind.get(kind);
    if (known !== undefined) return known as readonly Definition<K>[];
    const sorted = this.all.filter(isOfKind(kind)).sort(byNamespaceAndName);
    this.#byKind.set(kind, sorted);
    return sorted;
  }

  find<K extends Kind>(kind: K, namespace: string, name: string): Definition<K> | undefined {
    const found = this.#byKey.get(keyOf({ kind, namespace, name }));
    return found !== undefined && isOfKind(kind)(found) ? found : undefined;
  }

  /** Those that belong to the node group: by `ambassador_id`, or because their kind has no such field. */
  forGroup(ambassadorId: string): Definitions {
    return new Definitions(
      this.all.filter(
        ({ ambassadorIds }) =>
          ambassadorIds === '*' || ambassadorIds.includes(ambassadorId) || ambassadorIds.includes(AUTOMATIC),
      ),
    );
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

function isOfKind<K extends Kind>(kind: K): (definition: Definition) => definition is Definition<K> {
  return (definition): definition is Definition<K> => definition.kind === kind;
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
