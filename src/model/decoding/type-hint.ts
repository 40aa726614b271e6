import type { Path } from '../document';
import { convertSpecifier } from './convert-v2-labels';
import { quote } from './describe';

/** Fields whose values `true` meant, before v3alpha1, that something is there at all. */
const PRESENCE = ['headers', 'query_parameters'];
/** What may be repeated as an item of a list without quotes. */
const PLAIN_ITEM = /^[A-Za-z][\w-]{0,63}$/;

/** What to write instead of a value of the wrong type; undefined where nothing better than the type can be said. */
export function typeHint(expected: string, data: unknown, path: Path, hidden: boolean): string | undefined {
  const [field, key] = path;
  if (expected === 'text' && path.length === 1 && field === 'tls' && typeof data === 'boolean')
    return data ? TLS_TRUE : 'remove the field; without https:// in `service`, the upstream is spoken to in cleartext';
  if (path.length === 2 && PRESENCE.includes(String(field)) && data === true)
    return `write regex_${field}: {${plain(String(key))}: ".*"}`;
  if (expected === 'true or false' && typeof data === 'string' && /^(?:yes|no|on|off|y|n)$/i.test(data))
    return 'write true or false; YAML 1.2 reads yes, no, on and off as text';
  if (expected === 'a whole number' && typeof data === 'string' && /^-?\d+$/.test(data)) return 'remove the quotes';
  if (expected === 'text' && (typeof data === 'number' || typeof data === 'boolean')) return 'put the value in quotes';
  if (expected === 'a list' && typeof data === 'string') return listHint(data, hidden);
  if (expected === 'a mapping' && isLabel(path) && typeof data === 'string') return labelHint(data);
  return undefined;
}

/** In v2, `tls: true` made it `https://`. */
export const TLS_TRUE = 'write https:// in `service`, or name a TLSContext';

/** As YAML. */
function plain(text: string): string {
  return PLAIN_ITEM.test(text) ? text : quote(text);
}

function listHint(data: string, hidden: boolean): string {
  const items = data.split(',').map((item) => item.trim());
  return items.length > 1 && !hidden && items.every((item) => PLAIN_ITEM.test(item))
    ? `write the list [${items.join(', ')}]`
    : 'write the value as a list with one item';
}

/** Whether it is where one label of a group stands: `labels.<domain>[0].<group>[0]`. */
export function isLabel(path: Path): boolean {
  return path.length === 5 && path[0] === 'labels' && typeof path[2] === 'number' && typeof path[4] === 'number';
}

function labelHint(data: string): string {
  const written = Object.entries(convertSpecifier(data) as object).map(([kind, value]) => {
    const [name, text] = Object.entries(value as object)[0] ?? [];
    return `{${kind}: {${name}: ${plain(String(text))}}}`;
  });
  return `v3alpha1 says what a label is: write ${written.join(', ')}`;
}
