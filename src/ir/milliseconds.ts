import { invariant } from '../diagnostics/invariant';

/** Whole milliseconds of a time as definitions write it, `1.5s`. Less than one is one: to Envoy, 0 would mean no limit. */
export function milliseconds(seconds: string): number {
  const number = Number(seconds.replace(/s$/, ''));
  invariant(Number.isFinite(number), `"${seconds}" passed validation, but is no time`);
  return number === 0 ? 0 : Math.max(1, Math.round(number * 1000));
}
