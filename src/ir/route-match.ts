import type { Definition } from '../model/definition';
import { isAuthority, mappingHostRegex } from '../resolution/attachment';
import { type MappingGroup, groupWide } from '../resolution/mapping-group';
import type { RouteMatch, ValueMatcher } from './route-configuration';

const AUTHORITY = ':authority';
const NONE: readonly ValueMatcher[] = [];

/** What a Mapping asks of requests. `authority` is its hostname, where the virtual host's domain does not say as much. */
export function routeMatch(
  mapping: Definition<'Mapping'>,
  group: MappingGroup | undefined,
  authority: string | undefined,
  percentage: number | undefined,
): RouteMatch {
  const { spec } = mapping;
  return {
    path: pathMatch(mapping, group),
    headers: headerMatchers(mapping, authority),
    queryParameters:
      spec.query_parameters === undefined && spec.regex_query_parameters === undefined
        ? NONE
        : [...valueMatchers(spec.query_parameters, 'exact'), ...valueMatchers(spec.regex_query_parameters, 'regex')],
    ...(percentage !== undefined && { percentage }),
  };
}

function pathMatch(mapping: Definition<'Mapping'>, group: MappingGroup | undefined): RouteMatch['path'] {
  const { prefix: value, path_separated } = mapping.spec;
  if (groupWide(mapping, group, 'prefix_regex') === true) return { type: 'regex', value };
  const exact = groupWide(mapping, group, 'prefix_exact') === true;
  const type = exact ? 'exact' : path_separated === true ? 'path_separated_prefix' : 'prefix';
  return { type, value, caseSensitive: groupWide(mapping, group, 'case_sensitive') !== false };
}

function headerMatchers({ spec }: Definition<'Mapping'>, authority: string | undefined): readonly ValueMatcher[] {
  const found: ValueMatcher[] = [];
  const hostRegex = mappingHostRegex(spec);
  if (hostRegex !== undefined) found.push({ name: AUTHORITY, match: 'regex', value: hostRegex });
  if (authority !== undefined) found.push(authorityMatcher(authority));
  const { method, method_regex } = spec;
  if (method !== undefined)
    found.push({ name: ':method', match: method_regex === true ? 'regex' : 'exact', value: method });
  if (spec.headers !== undefined)
    found.push(...valueMatchers(spec.headers, 'exact').filter(({ name }) => !isAuthority(name)));
  if (spec.regex_headers !== undefined) found.push(...valueMatchers(spec.regex_headers, 'regex'));
  return found.length === 0 ? NONE : found;
}

/** `hostname` beyond what the virtual host’s domain already says. As in Ambassador, `host:port` does not match the exact form. */
function authorityMatcher(glob: string): ValueMatcher {
  if (glob.startsWith('*')) return { name: AUTHORITY, match: 'suffix', value: glob.slice(1) };
  if (glob.endsWith('*')) return { name: AUTHORITY, match: 'prefix', value: glob.slice(0, -1) };
  return { name: AUTHORITY, match: 'exact', value: glob };
}

function valueMatchers(
  values: Readonly<Record<string, string>> | undefined,
  match: 'exact' | 'regex',
): readonly ValueMatcher[] {
  if (values === undefined) return NONE;
  return Object.entries(values)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => ({ name, match, value }));
}
