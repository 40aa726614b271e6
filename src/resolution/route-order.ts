import type { Definition } from '../model/definition';
import type { Specs } from '../model/kinds';
import { mappingHostname } from './attachment';

/**
 * Ambassador’s sort key `[precedence, prefix length, header lengths, query lengths, prefix, method, header keys…, query keys…]`,
 * written as one string that compares as the list does: numbers in a fixed width, and an end of each text that sorts before
 * any continuation of it.
 */
export type RouteKey = string;

const WIDTH = 16;
/** Above any negative precedence. */
const ZERO = 2 ** 52;

/** What decides a Mapping’s place among the routes; it depends on the Mapping alone. */
export interface RoutePlace {
  readonly key: RouteKey;
  /**
   * Mappings of one group share a match and divide its requests by weight. Flags of the prefix are part of it: a regular
   * expression and a prefix of the same text are two matches.
   */
  readonly group: string;
}

const places = new WeakMap<Definition<'Mapping'>, RoutePlace>();

export function routePlace(mapping: Definition<'Mapping'>): RoutePlace {
  let place = places.get(mapping);
  if (place === undefined) {
    place = { key: routeKey(mapping), group: routeGroup(mapping) };
    places.set(mapping, place);
  }
  return place;
}

/** Sorts Mappings as Ambassador does, the more specific first; namespace and name decide what is left. */
export function inRouteOrder(mappings: readonly Definition<'Mapping'>[]): readonly Definition<'Mapping'>[] {
  return mappings
    .map((mapping) => ({ mapping, key: routePlace(mapping).key }))
    .sort((a, b) => compare(b.key, a.key) || compareNames(a.mapping, b.mapping))
    .map(({ mapping }) => mapping);
}

function compareNames({ metadata: a }: Definition, { metadata: b }: Definition): number {
  return compare(a.namespace, b.namespace) || compare(a.name, b.name);
}

function routeGroup({ spec, metadata }: Definition<'Mapping'>): string {
  const hostname = mappingHostname(spec) ?? (spec.host_regex === true ? `regex ${spec.host}` : undefined);
  return JSON.stringify([
    spec.precedence ?? 0,
    spec.prefix,
    [
      spec.prefix_exact === true,
      spec.prefix_regex === true,
      spec.path_separated === true,
      spec.case_sensitive !== false,
    ],
    spec.method ?? 'GET',
    spec.method_regex === true,
    matchers(spec),
    hostname ?? Object.entries(metadata.labels).toSorted(([a], [b]) => compare(a, b)),
  ]);
}

function routeKey({ spec }: Definition<'Mapping'>): RouteKey {
  const { headers, queryParameters } = matchers(spec);
  const hostname = mappingHostname(spec);
  const hostLength = hostname === undefined || hostname === '*' ? 0 : ':authority'.length + hostname.length;
  const numbers = [spec.precedence ?? 0, spec.prefix.length, hostLength + lengthOf(headers), lengthOf(queryParameters)];
  // A full name sorts before a glob of the same length, `a.example.com` before `*.example.com`: the star is below every letter.
  const authority: readonly Matcher[] = hostLength === 0 ? [] : [[':authority', hostname?.toLowerCase() ?? '']];
  const pairs = [...authority, ...headers, ...queryParameters].map(([name, value]) => `${name}:${value}`);
  return [
    numbers.map((number) => String(ZERO + number).padStart(WIDTH, '0')).join(''),
    narrowness(spec),
    [spec.prefix, spec.method ?? 'GET', ...pairs].join('\u0000'),
  ].join('');
}

/** Of prefixes with the same text, the whole path is tried before whole elements, and those before whatever begins alike. */
function narrowness(spec: Specs['Mapping']): string {
  if (spec.prefix_exact === true) return '2';
  return spec.path_separated === true ? '1' : '0';
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

function compare(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
