import type { EnvoyMessages } from '../protos';

type StringMatcher = EnvoyMessages['envoy.type.matcher.v3.StringMatcher'];

/** Regular expressions are RE2 and must match the whole string. */
export function stringMatcher(match: 'exact' | 'prefix' | 'suffix' | 'regex', value: string): StringMatcher {
  return match === 'regex' ? { safe_regex: { regex: value } } : { [match]: value };
}
