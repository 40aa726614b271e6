import { diagnostic, type Diagnostic } from '../diagnostics/diagnostic';
import { type Definition, subjectOf } from './definition';
import type { Kind } from './kinds';

/** Belongs to every node group, in any position of the list. */
const AUTOMATIC = '_automatic_';
const DEFAULT_GROUP = 'default';

type ByKind = ReadonlyMap<Kind, readonly Definition[]>;

/** Every definition of one moment, or of one node group, by kind, namespace and name. Immutable. */
export class Definitions {
  /** One error for each definition whose kind, namespace and name were taken; the first one counts. */
  readonly diagnostics: readonly Diagnostic[];
  /** Sorted by namespace and name, without duplicates. */
  readonly #byKind: ByKind;
  /** What `from` was given, in that order: by kind, and as it was. */
  readonly #given: ByKind;
  readonly #source: readonly Definition[];

  private constructor(
    byKind: ByKind,
    given: ByKind = new Map(),
    diagnostics: readonly Diagnostic[] = [],
    source: readonly Definition[] = [],
  ) {
    this.#byKind = byKind;
    this.#given = given;
    this.#source = source;
    this.diagnostics = diagnostics;
  }

  /** `previous` lends its order, where definitions have only been replaced by others of their names. */
  static from(definitions: readonly Definition[], previous?: Definitions): Definitions {
    if (previous !== undefined && previous.#source === definitions) return previous;
    const given = new Map<Kind, Definition[]>();
    for (const definition of definitions) {
      const list = given.get(definition.kind);
      if (list === undefined) given.set(definition.kind, [definition]);
      else list.push(definition);
    }
    const byKind = new Map<Kind, readonly Definition[]>();
    const duplicates = new Map<Definition, Definition>();
    for (const [kind, list] of given) {
      const ordered = previous && inPlace(list, previous.#given.get(kind), previous.#byKind.get(kind));
      byKind.set(kind, ordered ?? unique(list.toSorted(byNamespaceAndName), duplicates));
    }
    const diagnostics = definitions.flatMap((definition) => {
      const first = duplicates.size === 0 ? undefined : duplicates.get(definition);
      return first === undefined ? [] : [duplicate(definition, first)];
    });
    return new Definitions(byKind, given, diagnostics, definitions);
  }

  /** Sorted by namespace and name. */
  get all(): readonly Definition[] {
    return [...this.#byKind.values()].flat().sort(byNamespaceAndName);
  }

  /** The definitions of a kind, sorted by namespace and name. */
  of<K extends Kind>(kind: K): readonly Definition<K>[] {
    return (this.#byKind.get(kind) ?? NONE) as readonly Definition<K>[];
  }

  find<K extends Kind>(kind: K, namespace: string, name: string): Definition<K> | undefined {
    return byName(this.of(kind)).get(namespace)?.get(name) as Definition<K> | undefined;
  }

  /** Those that belong to the node group: by `ambassador_id`, or because their kind has no such field. */
  forGroup(ambassadorId: string): Definitions {
    return this.filter(
      ({ ambassadorIds }) =>
        ambassadorIds === '*' || ambassadorIds.includes(ambassadorId) || ambassadorIds.includes(AUTOMATIC),
    );
  }

  /** Those that `keep` keeps. */
  filter(keep: (definition: Definition) => boolean): Definitions {
    const lists = [...this.#byKind];
    if (lists.every(([, list]) => list.every(keep))) return this;
    return new Definitions(new Map(lists.map(([kind, list]) => [kind, list.filter(keep)])));
  }

  /** These and more, of names that are not taken. */
  with(added: readonly Definition[]): Definitions {
    if (added.length === 0) return this;
    const byKind = new Map(this.#byKind);
    for (const definition of added)
      byKind.set(definition.kind, [...(byKind.get(definition.kind) ?? []), definition].sort(byNamespaceAndName));
    return new Definitions(byKind);
  }

  /** Whether a definition belongs to the node group by what it says itself. Whether any does at all is not asked of `default`. */
  hasGroup(ambassadorId: string): boolean {
    if (this.groups().includes(ambassadorId)) return true;
    return this.all.some(({ ambassadorIds }) => ambassadorIds !== '*' && ambassadorIds.includes(AUTOMATIC));
  }

  /** Every node group that a definition names, and `default`; sorted. */
  groups(): readonly string[] {
    const ids = new Set([DEFAULT_GROUP]);
    let last: Definition['ambassadorIds'] = '*';
    for (const list of this.#byKind.values()) {
      for (const { ambassadorIds } of list) {
        // Most name none, and then share what they mean.
        if (ambassadorIds === '*' || ambassadorIds === last) continue;
        for (const id of ambassadorIds) ids.add(id);
        last = ambassadorIds;
      }
    }
    ids.delete(AUTOMATIC);
    return [...ids].sort();
  }
}

const NONE: readonly Definition[] = [];

/**
 * The list in order, from how an earlier list was ordered, where the two differ only in definitions that took the place of others of
 * their names; undefined otherwise. Sorting all anew would be the greater part of a small change.
 */
function inPlace(
  list: readonly Definition[],
  before: readonly Definition[] | undefined,
  ordered: readonly Definition[] | undefined,
): readonly Definition[] | undefined {
  if (ordered === undefined || before?.length !== list.length || ordered.length !== list.length) return undefined;
  const replaced = new Map<Definition, Definition>();
  for (let index = 0; index < list.length; index += 1) {
    const earlier = before[index];
    const definition = list[index];
    if (earlier === definition || earlier === undefined || definition === undefined) continue;
    if (byNamespaceAndName(earlier, definition) !== 0) return undefined;
    replaced.set(earlier, definition);
  }
  return replaced.size === 0 ? ordered : ordered.map((definition) => replaced.get(definition) ?? definition);
}

/** Without the later ones of those with one name, which are put into `duplicates` with the first. */
function unique(sorted: readonly Definition[], duplicates: Map<Definition, Definition>): readonly Definition[] {
  let first: Definition | undefined;
  return sorted.filter((definition) => {
    if (first === undefined || byNamespaceAndName(first, definition) !== 0) {
      first = definition;
      return true;
    }
    if (first !== definition) duplicates.set(definition, first);
    return false;
  });
}

type ByName = ReadonlyMap<string, ReadonlyMap<string, Definition>>;

const names = new WeakMap<readonly Definition[], ByName>();

/** By namespace, then by name: to join the two for every look-up takes longer than the look-up. */
function byName(list: readonly Definition[]): ByName {
  const known = names.get(list);
  if (known !== undefined) return known;
  const namespaces = new Map<string, Map<string, Definition>>();
  for (const definition of list) {
    const { namespace, name } = definition.metadata;
    const inNamespace = namespaces.get(namespace);
    if (inNamespace === undefined) namespaces.set(namespace, new Map([[name, definition]]));
    else inNamespace.set(name, definition);
  }
  names.set(list, namespaces);
  return namespaces;
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
