import { printable } from './printable';
import { type Report, inFull } from './report';

const COMMANDS = { error: 'error', warning: 'warning', info: 'notice' } as const;

/** Workflow commands of GitHub Actions: each finding becomes an annotation on its line. */
export function reportGithub({ diagnostics }: Report): string {
  return diagnostics
    .map((finding) => {
      const { code, severity, fix, location } = finding;
      const where =
        location === undefined
          ? []
          : [`file=${property(location.file)}`, `line=${location.line}`, `col=${location.column}`];
      return `::${COMMANDS[severity]} ${[...where, `title=${code}`].join(',')}::${data(`${inFull(finding)}\nfix: ${fix}`)}\n`;
    })
    .join('');
}

function data(text: string): string {
  return printable(text.replace(/%/g, '%25').replace(/\r/g, '%0D').replace(/\n/g, '%0A'));
}

function property(text: string): string {
  return data(text).replace(/:/g, '%3A').replace(/,/g, '%2C');
}
