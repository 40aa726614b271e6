import type { Definition } from '../model/definition';
import type { Specs } from '../model/kinds';
import { mappingHostname } from './attachment';
import { Memo } from './memo';

/** Ambassador’s sort key: `[precedence, prefix length, header lengths, query lengths, prefix, method, header keys…, query keys…]`. */
export type RouteKey = readonly (string | number)[];

const keys = new Memo<Definition<'Mapping'>, RouteKey>();
const groups = new Memo<Definition<'Mapping'>, string>();

/** Orders Mappings as Ambassador does, the more specific first; namespace and name decide what is left. */
export function byRouteOrder(a: Definition<'Mapping'>, b: Definition<'Mapping'>): number {
  const [x, y] = [routeKey(a), routeKey(b)];
  for (let index = 0; index < Math.max(x.length, y.length); index += 1) {
    const order = compare(y[index], x[index]);
    if (order !== 0) return order;
  }
  return compare(a.metadata.namespace, b.metadata.namespace) || compare(a.metadata.name, b.metadata.name);
}

/**
 * Mappings of one group share a match and divide its requests by weight. Flags of the prefix are part of the key: a regular
 * expression and a prefix of the same text are two matches.
 */
export function routeGroup(mapping: Definition<'Mapping'>): string {
  return groups.get(mapping, '', [], () => {
    const { spec, metadata } = mapping;
    const hostname = mappingHostname(spec) ?? (spec.host_regex === true ? `regex ${spec.host}` : undefined);
    return JSON.stringify([
      spec.precedence ?? 0,
      spec.prefix,
      [spec.prefix_exact === true, spec.prefix_regex === true, spec.case_sensitive !== false],
      spec.method ?? 'GET',
      spec.method_regex === true,
      matchers(spec),
      hostname ?? Object.entries(metadata.labels).toSorted(),
    ]);
  });
}

function routeKey(mapping: Definition<'Mapping'>): RouteKey {
  return keys.get(mapping, '', [], () => {
    const { spec } = mapping;
    const { headers, queryParameters } = matchers(spec);
    const hostname = mappingHostname(spec);
    const hostLength = hostname === undefined || hostname === '*' ? 0 : ':authority'.length + hostname.length;
    return [
      spec.precedence ?? 0,
      spec.prefix.length,
      hostLength + lengthOf(headers),
      lengthOf(queryParameters),
      spec.prefix,
      spec.method ?? 'GET',
      ...headers.map(([name, value]) => `${name}:${value}`),
      ...queryParameters.map(([name, value]) => `${name}:${value}`),
    ];
  });
}

type Matcher = readonly [name: string, value: string];

function matchers(spec: Specs['Mapping']): {
  readonly headers: readonly Matcher[];
  readonly queryParameters: readonly Matcher[];
} {
  const sorted = (...records: (Readonly<Record<string, string>> | undefined)[]): readonly Matcher[] =>
    records.flatMap((record) => Object.entries(record ?? {})).toSorted(([a], [b]) => compare(a, b));
  return {
    headers: sorted(spec.headers, spec.regex_headers).filter(([name]) => name !== ':authority'),
    queryParameters: sorted(spec.query_parameters, spec.regex_query_parameters),
  };
}

function lengthOf(pairs: readonly Matcher[]): number {
  return pairs.reduce((sum, [name, value]) => sum + name.length + value.length, 0);
}

function compare(a: string | number | undefined, b: string | number | undefined): number {
  if (a === b) return 0;
  if (a === undefined) return -1;
  if (b === undefined) return 1;
  return a < b ? -1 : 1;
}
