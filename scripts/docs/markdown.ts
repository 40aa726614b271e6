/** A table; a pipe in a cell does not end it. */
export function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(heads), `|${heads.map(() => '---|').join('')}`, ...rows.map(line)].join('\n');
}

/** With a capital at its start, but for names such as gRPC, and a full stop at its end. */
export function sentence(text: string): string {
  const capital = /^[a-z]+(?![A-Za-z])/.test(text) ? text.charAt(0).toUpperCase() + text.slice(1) : text;
  return /[.?!:]$/.test(capital) ? capital : `${capital}.`;
}

export function code(text: string): string {
  return `\`${text}\``;
}

/** Names such as `route.timeout`, `safe_regex`, `ExtAuthz.http_service` and `RateLimit` in code, but for those that are in code already. */
export function namesInCode(text: string): string {
  const name =
    /(?<![\w.])(?:[a-z][a-z0-9]*(?:[._][a-z0-9_]+)+(?:\.[a-z0-9_]+)*|[A-Z]\w*(?:\.\w+)+|[A-Z][a-z]+(?:[A-Z]\w*)+)/g;
  return text
    .split('`')
    .map((part, index) => (index % 2 === 0 ? part.replace(name, code) : part))
    .join('`');
}

/** `TLSContext` → `tls-context`: how pages and schemas of a kind are named. */
export function fileNameOf(kind: string): string {
  return kind
    .replace(/([a-z])([A-Z])/g, '$1-$2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1-$2')
    .toLowerCase();
}
