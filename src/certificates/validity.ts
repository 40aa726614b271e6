import type { Certificate } from './certificate';
import { type Finding, finding } from './finding';

/** Clocks of issuer, control plane and peers may differ this much (milliseconds). */
export const SKEW = 5 * 60_000;
/** In milliseconds. */
export const DAY = 86_400_000;
/** Days before expiry at which the warning starts and changes its wording. */
const NOTICE_DAYS = [1, 7, 30] as const;

export type Validity = 'valid' | 'expired' | 'not yet valid';

export function validityOf({ notBefore, notAfter }: Certificate, at: Date): Validity {
  if (at.getTime() > notAfter.getTime() + SKEW) return 'expired';
  return at.getTime() < notBefore.getTime() - SKEW ? 'not yet valid' : 'valid';
}

/** An error if the certificate is outside its validity at `at`, a warning if it expires within 30 days, nothing otherwise. */
export function judgeValidity(certificate: Certificate, key: string, name: string, at: Date): Finding[] {
  const validity = validityOf(certificate, at);
  const { notBefore, notAfter } = certificate;
  if (validity === 'expired') return [finding('CS2011', key, `${name} expired on ${day(notAfter)}`)];
  if (validity === 'not yet valid') return [finding('CS2012', key, `${name} is not valid before ${day(notBefore)}`)];
  const left = (notAfter.getTime() - at.getTime()) / DAY;
  const notice = NOTICE_DAYS.find((days) => left <= days);
  if (notice === undefined) return [];
  const within = notice === 1 ? 'within a day' : `within ${notice} days`;
  return [finding('CS2013', key, `${name} expires ${within}, on ${day(notAfter)}`)];
}

/** `2030-01-31 12:00:00Z`: to the second, as certificates are. */
export function day(date: Date): string {
  return date.toISOString().replace('T', ' ').replace('.000', '');
}
