import type { Certificate } from './certificate';
import { type Finding, finding } from './finding';

/** Clocks of issuer, control plane and peers may differ this much (milliseconds). */
export const SKEW = 5 * 60_000;
/** In milliseconds. */
export const DAY = 86_400_000;
/** Days before expiry at which the warning starts and changes its wording. */
const NOTICE_DAYS = [1, 7, 30] as const;
/** Nor does it start before this share of the life is over: a certificate of a day is not about to expire on the day of its issue. */
const NOTICE_USED = 2 / 3;

export type Validity = 'valid' | 'expired' | 'not yet valid';

export function validityOf({ notBefore, notAfter }: Certificate, at: Date): Validity {
  if (at.getTime() > notAfter.getTime() + SKEW) return 'expired';
  return at.getTime() < notBefore.getTime() - SKEW ? 'not yet valid' : 'valid';
}

/** Whether `share` (0–1) of the time from `begin` to `end` is over at `at`. */
export function isUsed(share: number, begin: Date, end: Date, at: Date): boolean {
  return at.getTime() - begin.getTime() >= (end.getTime() - begin.getTime()) * share;
}

/**
 * An error if the certificate is outside its validity at `at`, a warning if it expires within 30 days and two thirds of its life are over,
 * nothing otherwise.
 */
export function judgeValidity(certificate: Certificate, key: string, name: string, at: Date): Finding[] {
  const validity = validityOf(certificate, at);
  const { notBefore, notAfter } = certificate;
  if (validity === 'expired') return [finding('CS2011', key, `${name} expired on ${day(notAfter)}`)];
  if (validity === 'not yet valid') return [finding('CS2012', key, `${name} is not valid before ${day(notBefore)}`)];
  const left = (notAfter.getTime() - at.getTime()) / DAY;
  const notice = NOTICE_DAYS.find((days) => left <= days);
  if (notice === undefined || !isUsed(NOTICE_USED, notBefore, notAfter, at)) return [];
  const within = notice === 1 ? 'within a day' : `within ${notice} days`;
  return [finding('CS2013', key, `${name} expires ${within}, on ${day(notAfter)}`)];
}

/** `2030-01-31 12:00:00Z`: to the second, as certificates are. */
export function day(date: Date): string {
  return date.toISOString().replace('T', ' ').replace('.000', '');
}
