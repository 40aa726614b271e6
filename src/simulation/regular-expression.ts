import { RE2JS } from 're2js';

const compiled = new Map<string, RE2JS>();
/** Far more than one configuration has; a bound all the same. */
const REMEMBERED = 10_000;

function expression(pattern: string): RE2JS {
  let known = compiled.get(pattern);
  if (known === undefined) {
    if (compiled.size >= REMEMBERED) compiled.clear();
    known = RE2JS.compile(pattern);
    compiled.set(pattern, known);
  }
  return known;
}

/** As Envoy’s `safe_regex`: RE2, and the whole text must match. */
export function matchesWhole(pattern: string, text: string): boolean {
  return expression(pattern).matches(text);
}

/** RE2’s GlobalReplace, which Envoy’s `regex_rewrite` is: `\1` to `\9` are groups, `\0` all of a match, `\\` a backslash. */
export function replaceAll(text: string, pattern: string, substitution: string): string {
  const matcher = expression(pattern).matcher(text);
  let result = '';
  let position = 0;
  let lastEnd = -1;
  while (position <= text.length && matcher.find(position)) {
    const [start, end] = [matcher.start(), matcher.end()];
    result += text.slice(position, start);
    if (start === end && start === lastEnd) {
      // An empty match right after a match does not count.
      result += text.slice(position, position + 1);
      position += 1;
      continue;
    }
    result += substituted(substitution, (group) => matcher.group(group) ?? '');
    position = end;
    lastEnd = end;
  }
  return result + text.slice(position);
}

function substituted(substitution: string, group: (index: number) => string): string {
  return substitution.replace(/\\([0-9\\])/g, (_escape, what: string) => (what === '\\' ? '\\' : group(Number(what))));
}
