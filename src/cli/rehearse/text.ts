import type { Origin } from '../../ir/origin';
import { placeOf } from '../certs/document';
import { responsibleFor, UNVERIFIED } from './document';
import type { Attempted, Rehearsed } from './rehearse';

/** One cluster as `rehearse` prints it. */
export function rehearsedText({ plan, attempts, obstacle }: Rehearsed): string {
  const { cluster, users, tls } = plan;
  const head = `${cluster}  (${users.map(nameOf).join(', ')})\n`;
  if (tls === undefined) return `${head}  no TLS: not rehearsed\n`;
  if (obstacle !== undefined) return `${head}  cannot be rehearsed here: ${obstacle}\n`;
  const warning = tls.demanded === undefined ? `  warning: ${UNVERIFIED}\n` : '';
  if (attempts.length === 0) return `${head}${warning}  no endpoint: not rehearsed\n`;
  return head + warning + attempts.map((attempt) => attemptText(plan, attempt)).join('');
}

function attemptText(plan: Rehearsed['plan'], { target, seen, verdict }: Attempted): string {
  const { outcome, reason, fix, about } = verdict;
  const place = seen.address === undefined || target.includes(seen.address) ? target : `${target} (${seen.address})`;
  const line = `  ${place}  ${outcome}: ${reason}\n`;
  if (outcome === 'goes through') return line;
  const where = responsibleFor(plan, about).map((origin) => `    ${nameOf(origin)} ${placeOf(origin)}\n`);
  return `${line}${where.join('')}${fix === undefined ? '' : `    fix: ${fix}\n`}`;
}

function nameOf({ kind, namespace, name }: Origin): string {
  return `${kind} ${namespace}/${name}`;
}
