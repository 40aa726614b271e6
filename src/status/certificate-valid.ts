import { isWithin, type Item, lifeOf } from '../inventory';
import type { Condition } from './condition';

/** Less than a fifth of its life left. */
const SOON = { percentLeft: 20 } as const;

/** Whether the certificates that a definition presents are valid, and until when; undefined if it presents none. */
export function certificateValid(items: readonly Item[], at: Date): Condition | undefined {
  const [first, ...others] = items.filter(({ kind }) => kind === 'certificate');
  if (first === undefined) return undefined;
  const soonest = others.reduce((a, b) => (endOf(b, at) < endOf(a, at) ? b : a), first);
  const { notBefore, notAfter } = lifeOf(soonest, at);
  const serial = soonest.kind === 'certificate' ? soonest.keyPair.certificates[0]?.serial : undefined;
  const message = `Secret ${soonest.name}, serial number ${serial ?? 'unknown'}, ends ${notAfter?.toISOString() ?? 'never'}`;
  const said = (status: Condition['status'], reason: string): Condition => ({
    type: 'CertificateValid',
    status,
    reason,
    message,
  });
  if (notAfter !== undefined && at > notAfter) return said('False', 'Expired');
  if (at < notBefore) return said('False', 'NotYetValid');
  return said('True', isWithin(lifeOf(soonest, at), SOON) ? 'ExpiresSoon' : 'Valid');
}

function endOf(item: Item, at: Date): number {
  return lifeOf(item, at).notAfter?.getTime() ?? Number.POSITIVE_INFINITY;
}
