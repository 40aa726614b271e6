import type { HttpOptions } from '../ir/http-options';

/** What the path must be made of; Envoy refuses everything else, fragments included, with 400. */
const VISIBLE = /^\/[\x21\x22\x24-\x7e]*$/;
/** RFC 3986 §2.3: these are decoded, all other escapes stay as they are. */
const UNRESERVED = /^[A-Za-z0-9._~-]$/;
const ENCODED = /["<>^`{|}]/g;
type SlashOptions = Pick<HttpOptions, 'mergeSlashes' | 'rejectEscapedSlashes'>;
/** Of a Module that says nothing of slashes. */
const PLAIN: SlashOptions = { mergeSlashes: false, rejectEscapedSlashes: false };
const ESCAPED_SLASH = /%(?:2f|5c)/i;
const DOT = '(?:\\.|%2[eE])';
const CURRENT = new RegExp(`^${DOT}$`);
const PARENT = new RegExp(`^${DOT}${DOT}$`);

/** The path without the query. */
export function withoutQuery(path: string): string {
  const query = path.indexOf('?');
  return query < 0 ? path : path.slice(0, query);
}

/** The query with its `?`; empty if there is none. */
export function queryOf(path: string): string {
  return path.slice(withoutQuery(path).length);
}

/**
 * The path after Envoy’s `normalize_path`, by which routes are matched: dot segments removed, backslashes as slashes, unreserved
 * characters decoded and characters that do not belong in a path encoded, and several slashes merged where the Module says so. The query is left
 * alone. Undefined where Envoy answers 400.
 */
export function normalisedPath(
  path: string,
  { mergeSlashes, rejectEscapedSlashes }: SlashOptions = PLAIN,
): string | undefined {
  if (!VISIBLE.test(path)) return undefined;
  if (rejectEscapedSlashes && ESCAPED_SLASH.test(withoutQuery(path))) return undefined;
  const segments = withoutQuery(path).replaceAll('\\', '/').slice(1).split('/');
  if (segments.some((segment) => segment.includes('%00'))) return undefined;
  const kept: string[] = [];
  for (const [index, segment] of segments.entries()) {
    const last = index === segments.length - 1;
    if (PARENT.test(segment)) kept.pop();
    else if (!CURRENT.test(segment)) {
      kept.push(recoded(segment));
      continue;
    }
    if (last) kept.push('');
  }
  const normalised = `/${kept.join('/')}`;
  return `${mergeSlashes ? merged(normalised) : normalised}${queryOf(path)}`;
}

/** As Envoy merges: what is nothing but slashes keeps its first and its last. */
function merged(path: string): string {
  return /^\/{2,}$/.test(path) ? '//' : path.replace(/\/+/g, '/');
}

function recoded(segment: string): string {
  return segment
    .replace(/%[0-9a-fA-F]{2}/g, (escape) => {
      const character = String.fromCharCode(Number.parseInt(escape.slice(1), 16));
      return UNRESERVED.test(character) ? character : escape;
    })
    .replace(ENCODED, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}
