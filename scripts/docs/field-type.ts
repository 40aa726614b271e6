import { type SchemaNode, choicesOf, isNode, valuesOf } from '../../src/model/fields';

/** The type of a field in the words of a reference page, with its bounds: `integer, 1 to 65535`. */
export function fieldType(node: SchemaNode): string {
  const choices = choicesOf(node);
  if (choices.length > 1 || choices[0] !== node) return [...new Set(choices.map(fieldType))].join(' or ');
  if (Array.isArray(node['enum'])) return node['enum'].map((value) => `\`${String(value)}\``).join(', ');
  if ('const' in node) return `\`${String(node['const'])}\``;
  switch (node['type']) {
    case 'array':
      return listType(node);
    case 'object':
      return objectType(node);
    case 'integer':
    case 'number':
      return [node['type'], bounds(node['minimum'], node['maximum'])].filter((part) => part !== '').join(', ');
    case 'string':
      return stringType(node);
    default:
      return typeof node['type'] === 'string' ? node['type'] : 'anything';
  }
}

function listType(node: SchemaNode): string {
  const item = isNode(node['items']) ? fieldType(node['items']) : 'anything';
  const most = typeof node['maxItems'] === 'number' ? `up to ${node['maxItems']} items` : '';
  const count = [node['minItems'] === 1 ? 'not empty' : '', most].filter((part) => part !== '').join(', ');
  return `list of ${item}${count === '' ? '' : ` (${count})`}`;
}

function objectType(node: SchemaNode): string {
  const [value] = valuesOf(node);
  if (value === undefined || isNode(node['properties'])) return 'object';
  return `map to ${fieldType(value)}`;
}

function stringType(node: SchemaNode): string {
  const longest = typeof node['maxLength'] === 'number' ? `up to ${node['maxLength']} characters` : '';
  const filled = node['minLength'] === 1 ? 'not empty' : '';
  return ['string', filled, longest].filter((part) => part !== '').join(', ');
}

/** Bounds that only keep a number within 32 bits are no news to anybody. */
function bounds(least: unknown, most: unknown): string {
  const from = typeof least === 'number' && least > -2_147_483_648 ? least : undefined;
  const to = typeof most === 'number' && most < 2_147_483_647 ? most : undefined;
  if (from === undefined) return to === undefined ? '' : `at most ${to}`;
  return to === undefined ? `at least ${from}` : `${from} to ${to}`;
}
