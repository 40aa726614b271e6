import type { Diagnostic, Severity } from '../diagnostic';
import { printable } from './printable';
import { type Report, count, place } from './report';

const COLOURS: Readonly<Record<Severity | 'dim', string>> = {
  error: '\u001b[31m',
  warning: '\u001b[33m',
  info: '\u001b[36m',
  dim: '\u001b[2m',
};
const RESET = '\u001b[0m';

/** For people: a line, the source with a caret, who uses it, and what to do. */
export function reportText({ diagnostics, files, definitions }: Report, colour: boolean): string {
  const { errors, warnings } = count(diagnostics);
  const paint = (name: keyof typeof COLOURS, text: string) => (colour ? `${COLOURS[name]}${text}${RESET}` : text);
  const summary = `${plural(errors, 'error')}, ${plural(warnings, 'warning')} in ${plural(definitions, 'definition')}, ${plural(files, 'file')}`;
  return [...diagnostics.map((finding) => describe(finding, paint)), summary, ''].join('\n');
}

function describe(finding: Diagnostic, paint: (name: keyof typeof COLOURS, text: string) => string): string {
  const { severity, code, message, location, related = [], usedBy = [], consequence, fix } = finding;
  const head = [place(finding), paint(severity, severity), code, onOneLine(message)]
    .filter((part) => part !== '')
    .join(' ');
  const lines = [head];
  if (location?.excerpt !== undefined) {
    const gutter = String(location.line).padStart(4);
    const width = Math.max(1, (location.endColumn ?? location.column + 1) - location.column);
    const caret = `${' '.repeat(location.column - 1)}${'^'.repeat(Math.min(width, Math.max(1, location.excerpt.length - location.column + 1)))}`;
    lines.push(
      paint('dim', `${gutter} | `) + onOneLine(location.excerpt),
      `${' '.repeat(gutter.length)}   ${paint(severity, caret)}`,
    );
  }
  for (const other of related)
    lines.push(`  ${other.location.file}:${other.location.line}:${other.location.column} ${onOneLine(other.message)}`);
  if (usedBy.length > 0)
    lines.push(
      `  used by ${usedBy.slice(0, 5).join(', ')}${usedBy.length > 5 ? ` and ${usedBy.length - 5} more` : ''}`,
    );
  lines.push(`  fix: ${onOneLine(fix)}`);
  if (consequence !== undefined) lines.push(`  until then: ${onOneLine(consequence)}`);
  return lines.join('\n');
}

function onOneLine(text: string): string {
  return printable(text).replace(/\n/g, ' ');
}

function plural(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? '' : 's'}`;
}
