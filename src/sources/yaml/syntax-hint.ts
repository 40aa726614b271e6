/** A better word on why a text is no YAML than the parser has. */
export interface SyntaxHint {
  readonly fix: string;
  /** In place of the parser's own. */
  readonly message?: string;
  readonly offset?: number;
}

const CLOSERS: Readonly<Record<string, string>> = { '[': ']', '{': '}', '"': '"', "'": "'" };
/** On one line. */
const TEMPLATE = /\{\{.*\}\}/;
/** How far back an opening bracket is looked for. */
const MAX_LINES = 200;

/** For mistakes that the parser tells in its own terms: templates, a bare asterisk, a bracket or a quote that is not closed. */
export function syntaxHint(reason: string, offset: number | undefined, text: string): SyntaxHint | undefined {
  const lineOf = (at: number) => text.slice(text.lastIndexOf('\n', at - 1) + 1, endOfLine(text, at));
  if (offset === undefined) return undefined;
  // The parser takes the braces for a mapping that is a key, and then does not say where.
  const template = reason.includes('complex keys') ? text.search(TEMPLATE) : offset;
  if (template >= 0 && TEMPLATE.test(lineOf(template)))
    return { fix: 'it looks like a Helm template: render it first, with `helm template`', offset: template };
  if (/alias node|unidentified alias/.test(reason)) return { fix: 'put the text that begins with * in quotes' };
  if (!reason.includes('deficient indentation')) return undefined;
  const opener = openerBefore(text, offset);
  if (opener === undefined) return undefined;
  const sign = text[opener] ?? '';
  const what = sign === '"' || sign === "'" ? 'the quote' : `the ${sign}`;
  return {
    message: `${what} is not closed`,
    fix: `close it with ${CLOSERS[sign]}, or indent the lines that belong to it`,
    offset: opener,
  };
}

function endOfLine(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end;
}

/** Where the innermost bracket or quote was opened that is still open at `offset`, line by line backwards. */
function openerBefore(text: string, offset: number): number | undefined {
  let pending = 0;
  let end = text.lastIndexOf('\n', offset - 1);
  for (let lines = 0; lines < MAX_LINES && end >= 0; lines++) {
    const start = text.lastIndexOf('\n', end - 1) + 1;
    const { open, closed } = signsOf(text.slice(start, end));
    if (open.length > pending) return start + (open[open.length - 1 - pending] ?? 0);
    pending += closed - open.length;
    end = start - 1;
  }
  return undefined;
}

/** The brackets and quotes of a line that are open at its end, and how many brackets it closes that it did not open. */
function signsOf(line: string): { readonly open: readonly number[]; readonly closed: number } {
  const open: number[] = [];
  let closed = 0;
  /** Whether a value may begin here: brackets and quotes within plain text mean nothing. */
  let begins = true;
  for (let at = 0; at < line.length; at++) {
    const sign = line[at] ?? '';
    if (sign === '#' && (at === 0 || line[at - 1] === ' ')) break;
    if (begins && (sign === '"' || sign === "'")) {
      const end = line.indexOf(sign, at + 1);
      if (end < 0) return { open: [...open, at], closed };
      at = end;
      begins = false;
    } else if (begins && (sign === '[' || sign === '{')) open.push(at);
    else if (sign === ']' || sign === '}') {
      if (open.pop() === undefined) closed++;
      begins = false;
    } else if (sign === ',' || ((sign === ':' || sign === '-') && /\s|$/.test(line[at + 1] ?? ''))) begins = true;
    else if (sign !== ' ' && sign !== '\t') begins = false;
  }
  return { open, closed };
}
