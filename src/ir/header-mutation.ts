import type { Definition } from '../model/definition';
import type { Specs } from '../model/kinds';
import { type MappingGroup, ownOrShared } from '../resolution/mapping-group';
import type { ModuleConfig } from '../resolution/module';
import type { HeaderMutation } from './route-configuration';

export const NO_HEADERS: HeaderMutation = { add: [], remove: [] };

type AddedHeaders = NonNullable<Specs['Mapping']['add_request_headers']>;
type Direction = 'request' | 'response';

/**
 * What a Mapping changes in the headers of one direction: what its group adds (Ambassador merges that), its own word last; and what it
 * removes itself, or else its group. Each Mapping that says nothing has the Module’s defaults.
 */
export function headerMutation(
  direction: Direction,
  mapping: Definition<'Mapping'>,
  group: MappingGroup | undefined,
  module: ModuleConfig,
): HeaderMutation {
  const add = `add_${direction}_headers` as const;
  const remove = `remove_${direction}_headers` as const;
  const defaults = module.defaults?.httpmapping;
  const added: AddedHeaders[] = [];
  const sources = group === undefined ? [mapping] : [...group.members.filter((member) => member !== mapping), mapping];
  for (const { spec } of sources) {
    const headers = spec[add] ?? defaults?.[add];
    if (headers !== undefined) added.push(headers);
  }
  const removed = ownOrShared(mapping, group, remove) ?? defaults?.[remove];
  if (added.length === 0 && removed === undefined) return NO_HEADERS;
  return { add: addedHeaders(added), remove: removed ?? [] };
}

/** Of two entries for one name the later counts. Sorted by name. */
export function addedHeaders(added: readonly AddedHeaders[]): HeaderMutation['add'] {
  const byName = new Map<string, HeaderMutation['add'][number]>();
  for (const headers of added)
    for (const [name, entry] of Object.entries(headers)) {
      const { value, append = true } = typeof entry === 'string' ? { value: entry } : entry;
      byName.set(name.toLowerCase(), { name, value, append });
    }
  return [...byName.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
}
