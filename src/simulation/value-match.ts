import type { ValueMatcher } from '../ir/route-configuration';
import { matchesWhole } from './regular-expression';

/** Whether the value of a header or query parameter, which is there, matches. */
export function valueMatches({ match, value }: ValueMatcher, actual: string): boolean {
  switch (match) {
    case 'exact':
      return actual === value;
    case 'prefix':
      return actual.startsWith(value);
    case 'suffix':
      return actual.endsWith(value);
    case 'regex':
      return matchesWhole(value, actual);
    case 'present':
      return true;
  }
}
