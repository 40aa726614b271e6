import type { Certificate } from '../certificates';
import { type Item, certificatesOf } from './item';

const DAY_MS = 86_400_000;

/** When something begins and ends, and how much of it is over. */
export interface Life {
  readonly notBefore: Date;
  /** When it must have been renewed; undefined for revocation lists without nextUpdate, which never end. */
  readonly notAfter?: Date;
  /** Until notAfter; negative afterwards. */
  readonly daysLeft?: number;
  /** Of its whole life, in per cent, 0–100. */
  readonly used?: number;
}

/**
 * The life of an item at a moment. A chain ends with the first of its certificates that ends (a root in it is looked at by nobody), a
 * bundle with the last: one valid CA keeps it working. Revocation lists end with the first nextUpdate, since Envoy refuses every peer
 * of an issuer whose list is stale.
 */
export function lifeOf(item: Item, at: Date): Life {
  if (item.kind === 'crl') {
    const [first, ...others] = item.revocation.lists;
    if (first === undefined) return { notBefore: at };
    const soonest = others.reduce((a, b) => (endOf(b) < endOf(a) ? b : a), first);
    return life(soonest.thisUpdate, soonest.nextUpdate, at);
  }
  const [first, ...others] = certificatesOf(item);
  if (first === undefined) return { notBefore: at };
  const deciding = others.filter(({ selfSigned }) => item.kind === 'ca' || !selfSigned);
  const later = (a: Certificate, b: Certificate) => (b.notAfter > a.notAfter ? b : a);
  const sooner = (a: Certificate, b: Certificate) => (b.notAfter < a.notAfter ? b : a);
  const decisive = deciding.reduce(item.kind === 'ca' ? later : sooner, first);
  return life(decisive.notBefore, decisive.notAfter, at);
}

function endOf({ nextUpdate }: { readonly nextUpdate?: Date }): number {
  return nextUpdate?.getTime() ?? Number.POSITIVE_INFINITY;
}

function life(notBefore: Date, notAfter: Date | undefined, at: Date): Life {
  if (notAfter === undefined) return { notBefore };
  const whole = notAfter.getTime() - notBefore.getTime();
  const gone = at.getTime() - notBefore.getTime();
  return {
    notBefore,
    notAfter,
    daysLeft: (notAfter.getTime() - at.getTime()) / DAY_MS,
    used: whole <= 0 ? 100 : Math.min(100, Math.max(0, (gone / whole) * 100)),
  };
}

/** How little may be left: a share of the whole life, or days. */
export type Threshold = { readonly percentLeft: number } | { readonly daysLeft: number };

/** Reads `20%` or `30d`; undefined for anything else. */
export function parseThreshold(text: string): Threshold | undefined {
  const match = /^(\d{1,5}(?:\.\d+)?)([%d])$/.exec(text);
  const amount = Number(match?.[1]);
  if (match === null || (match[2] === '%' && amount > 100)) return undefined;
  return match[2] === '%' ? { percentLeft: amount } : { daysLeft: amount };
}

/** Whether as little is left, or less. */
export function isWithin({ daysLeft, used }: Life, threshold: Threshold): boolean {
  if (daysLeft === undefined || used === undefined) return false;
  return 'daysLeft' in threshold ? daysLeft <= threshold.daysLeft : daysLeft < 0 || 100 - used <= threshold.percentLeft;
}
