import { type ApiObject, keyOfObject } from './api-object';
import type { WatchEvent } from './watch-event';

/** What is known of the objects of one collection: a pure state with its transitions; who asks the API is the Reflector. */
export interface Collection<Entry> {
  /** By `namespace/name`. */
  readonly entries: ReadonlyMap<string, Entry>;
  /** From where a watch goes on; undefined: everything must be listed (again). */
  readonly resourceVersion?: string;
  /** Whether it was ever listed as a whole; before that, nothing may be concluded from what is not there. */
  readonly complete: boolean;
}

/**
 * Makes the entry of an object, or hands out the one before if nothing that counts is different.
 *
 * @param isListed whether it is from a complete list, which is the truth; an event may be older than what is known
 */
export type EntryOf<Entry> = (object: ApiObject, before: Entry | undefined, isListed: boolean) => Entry;

export function emptyCollection<Entry>(): Collection<Entry> {
  return { entries: new Map(), complete: false };
}

/** After a complete list: what is not in it is gone, and what has not changed is the same entry. */
export function listed<Entry>(
  before: Collection<Entry>,
  objects: readonly ApiObject[],
  resourceVersion: string,
  entryOf: EntryOf<Entry>,
): Collection<Entry> {
  const entries = new Map(
    objects.map((object): [string, Entry] => {
      const key = keyOfObject(object);
      return [key, entryOf(object, before.entries.get(key), true)];
    }),
  );
  const same =
    before.complete &&
    entries.size === before.entries.size &&
    [...entries].every(([key, entry]) => before.entries.get(key) === entry);
  return { entries: same ? before.entries : entries, resourceVersion, complete: true };
}

/** There is no such collection: it is known to be empty, and is looked for again. */
export function absent<Entry>(): Collection<Entry> {
  return { entries: new Map(), complete: true };
}

/** After some events of a watch. An error means that everything must be listed again; what is known stays until then. */
export function watched<Entry>(
  before: Collection<Entry>,
  events: readonly WatchEvent[],
  entryOf: EntryOf<Entry>,
): Collection<Entry> {
  let { resourceVersion } = before;
  let changed: Map<string, Entry> | undefined;
  for (const event of events) {
    const entries = changed ?? before.entries;
    if (event.type === 'ERROR') return { entries, complete: before.complete };
    if (event.type === 'BOOKMARK') {
      resourceVersion = event.resourceVersion;
      continue;
    }
    resourceVersion = event.object.metadata.resourceVersion ?? resourceVersion;
    const key = keyOfObject(event.object);
    const known = entries.get(key);
    const entry = event.type === 'DELETED' ? undefined : entryOf(event.object, known, false);
    if (entry === known) continue;
    changed ??= new Map(before.entries);
    if (entry === undefined) changed.delete(key);
    else changed.set(key, entry);
  }
  return {
    entries: changed ?? before.entries,
    complete: before.complete,
    ...(resourceVersion !== undefined && { resourceVersion }),
  };
}
