import type { SubjectAltName } from '../certificates';
import type { SubjectAltNameMatcher } from '../ir/tls';
import { valueMatches } from './value-match';

/** Whether a peer’s names satisfy `match_typed_subject_alt_names`: one for one, of the same type. No matchers accept every name. */
export function matchesAnySubjectAltName(
  matchers: readonly SubjectAltNameMatcher[],
  names: readonly SubjectAltName[],
): boolean {
  return (
    matchers.length === 0 ||
    matchers.some((matcher) => names.some(({ type, value }) => type === matcher.type && nameMatches(matcher, value)))
  );
}

/** A DNS name in a certificate may be a wildcard for one label (RFC 9525 §6.3). */
function nameMatches({ type, match, value }: SubjectAltNameMatcher, name: string): boolean {
  if (type !== 'dns' || match !== 'exact') return valueMatches({ name: '', match, value }, name);
  const [wanted, pattern] = [value.toLowerCase(), name.toLowerCase()];
  return wanted === pattern || (pattern.startsWith('*.') && wanted.replace(/^[^.]+/, '*') === pattern);
}
