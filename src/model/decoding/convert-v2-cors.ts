import type { Fields } from './problem';

/** The lists that a Module of any version may write as one text: Ambassador joins them with commas all the same. */
export const JOINED_LISTS = ['methods', 'headers', 'exposed_headers'];
const LISTS = ['origins', ...JOINED_LISTS];

/** Converts the `cors` of a v2 Mapping or Module, whose lists may be one text with commas; or only some `lists` of it. */
export function convertCors(cors: Fields, lists: readonly string[] = LISTS): Fields {
  return Object.fromEntries(
    Object.entries(cors).map(([field, value]) => [
      field,
      typeof value === 'string' && lists.includes(field) ? separated(value) : value,
    ]),
  );
}

function separated(text: string): readonly string[] {
  const items = text.split(',').map((item) => item.trim());
  return items.filter((item) => item !== '');
}
