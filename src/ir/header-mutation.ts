import type { Definition } from '../model/definition';
import type { Specs } from '../model/kinds';
import { type MappingGroup, ownOrShared } from '../resolution/mapping-group';
import type { ModuleConfig } from '../resolution/module';
import type { HeaderMutation } from './route-configuration';

export const NO_HEADERS: HeaderMutation = { add: [], remove: [] };

type AddedHeaders = NonNullable<Specs['Mapping']['add_request_headers']>;

/** What a Mapping says of the headers of one direction. */
const FIELDS = {
  request: { add: 'add_request_headers', remove: 'remove_request_headers' },
  response: { add: 'add_response_headers', remove: 'remove_response_headers' },
} as const;

/**
 * What a Mapping changes in the headers of one direction: what its group adds (Ambassador merges that), its own word last; and what it
 * removes itself, or else its group. Each Mapping that says nothing has the Module’s defaults.
 */
export function headerMutation(
  direction: keyof typeof FIELDS,
  mapping: Definition<'Mapping'>,
  group: MappingGroup | undefined,
  module: ModuleConfig,
): HeaderMutation {
  const { add, remove } = FIELDS[direction];
  const defaults = module.defaults?.httpmapping;
  const removed = ownOrShared(mapping, group, remove) ?? defaults?.[remove];
  const own = mapping.spec[add] ?? defaults?.[add];
  if (own === undefined && removed === undefined && group === undefined) return NO_HEADERS;
  const others = group?.members.filter((member) => member !== mapping).map(({ spec }) => spec[add] ?? defaults?.[add]);
  const added = [...(others ?? []), own].filter((headers) => headers !== undefined);
  if (added.length === 0 && removed === undefined) return NO_HEADERS;
  return { add: addedHeaders(added), remove: removed ?? [] };
}

/** Of two entries for one name the later counts. Sorted by name. */
export function addedHeaders(added: readonly AddedHeaders[]): HeaderMutation['add'] {
  const [first, ...others] = added;
  const [single, ...more] = others.length === 0 && first !== undefined ? Object.entries(first) : [];
  if (single !== undefined && more.length === 0) return [addedHeader(...single)];
  const byName = new Map<string, HeaderMutation['add'][number]>();
  for (const headers of added)
    for (const [name, entry] of Object.entries(headers)) byName.set(name.toLowerCase(), addedHeader(name, entry));
  return [...byName.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function addedHeader(name: string, entry: AddedHeaders[string]): HeaderMutation['add'][number] {
  return typeof entry === 'string'
    ? { name, value: entry, append: true }
    : { name, value: entry.value, append: entry.append ?? true };
}
