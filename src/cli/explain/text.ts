import { printableLine } from '../../diagnostics/reporters/printable';
import type { Origin } from '../../ir/origin';
import type { Explained, ExplainedLog } from './explained';

/** What a line means, in words; `searched` is whether there were definitions to look into. */
export function textOf(explained: Explained, searched: boolean): string {
  const { failure, line, culprit } = explained;
  const about = [...culprit.definitions, ...culprit.secrets].map((origin) => `  about: ${nameOf(origin)}\n`).join('');
  const nobody = searched && about === '' ? notFound(explained) : '';
  if (failure === undefined) return `the line names no failure that is known here\n${about}`;
  const where = line.cluster === undefined ? '' : ` (cluster ${line.cluster})`;
  return `${printableLine(`${failure.side}${where}`)}\n  cause: ${printableLine(failure.cause)}\n${about}${nobody}  fix: ${failure.fix}\n`;
}

export function textOfLog({ lines, without, failures }: ExplainedLog, searched: boolean): string {
  const total = `${counted(lines, 'line')}, ${without} of no failure, ${counted(failures.length, 'different failure')}\n`;
  return [...failures.map((found) => `${found.count} × ${textOf(found, searched)}`), total].join('\n');
}

/** `Mapping default/pay config/pay.yaml:1:1` */
export function nameOf({ kind, namespace, name, location }: Origin): string {
  return printableLine(`${kind} ${namespace}/${name} ${location.file}:${location.line}:${location.column}`);
}

function notFound({ line: { cluster } }: Explained): string {
  return cluster === undefined
    ? ''
    : '  about: nothing in these definitions has this cluster; what is out of service has none (`countersign validate`)\n';
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
