import type { Definition } from '../model/definition';
import type { Specs } from '../model/kinds';
import { isAuthority, mappingHostRegex, mappingHostname } from './attachment';
import { sortedPositions } from './layout-memo';

/**
 * Ambassador’s sort key `[precedence, prefix length, header lengths, query lengths, prefix, method, header keys…, query keys…]`,
 * written as one string that compares as the list does: numbers in a fixed width, and an end of each text that sorts before
 * any continuation of it. A hostname counts as the header `:authority`, `*` too, and a method as `:method`; a regular expression
 * is one longer than its text. The method of the list is always `GET` there, so it is left out.
 */
export type RouteKey = string;

const WIDTH = 16;
/** Above any negative precedence. */
const ZERO = 2 ** 52;

/** What decides a Mapping’s place among the routes; it depends on the Mapping alone. */
export interface RoutePlace {
  readonly key: RouteKey;
  /** Mappings of one group share a match and divide its requests by weight. */
  readonly group: string;
  /** Which of the match's headers and query parameters are regular expressions, one digit each. */
  readonly expressions: string;
}

/** Most are lengths of paths and names: the same few again and again. */
const sortables = new Map<number, string>();
const MAX_SORTABLES = 1000;

const places = new WeakMap<Definition<'Mapping'>, RoutePlace>();

export function routePlace(mapping: Definition<'Mapping'>): RoutePlace {
  let place = places.get(mapping);
  if (place === undefined) {
    const found = matchers(mapping.spec);
    const expressions = digits(found.headers) + digits(found.queryParameters);
    place = { key: routeKey(mapping, found), group: routeGroup(mapping, found), expressions };
    places.set(mapping, place);
  }
  return place;
}

function digits(matchers: readonly Matcher[]): string {
  let text = '';
  for (const [, , regex] of matchers) text += regex ? '1' : '0';
  return text;
}

/** Where each Mapping stands when they are sorted as Ambassador does, the more specific first; namespace and name decide what is left. */
export function inRouteOrder(mappings: readonly Definition<'Mapping'>[]): readonly number[] {
  return sortedPositions(
    mappings,
    (mapping) => ({ mapping, key: routePlace(mapping).key }),
    (a, b) => compare(b.key, a.key) || compareNames(a.mapping, b.mapping),
  );
}

/** Whether both stand in the same place, and could not be told apart by the sort. */
export function sameRoutePlace(a: Definition<'Mapping'>, b: Definition<'Mapping'>): boolean {
  return routePlace(a).key === routePlace(b).key && compareNames(a, b) === 0;
}

function compareNames({ metadata: a }: Definition, { metadata: b }: Definition): number {
  return compare(a.namespace, b.namespace) || compare(a.name, b.name);
}

/** Names and values, not whether they are regular expressions: Mappings of one group must agree on that. */
function routeGroup({ spec, metadata }: Definition<'Mapping'>, { headers, queryParameters }: Matchers): string {
  const host = mappingHostname(spec)?.toLowerCase() ?? mappingHostRegex(spec);
  return JSON.stringify([
    spec.precedence ?? 0,
    spec.prefix,
    spec.path_separated === true,
    headers.map(ignoringCase),
    queryParameters.map(ignoringCase),
    host ?? Object.entries(metadata.labels).toSorted(([a], [b]) => compare(a, b)),
  ]);
}

function ignoringCase([name, value]: Matcher): readonly [string, string] {
  return [name.toLowerCase(), value];
}

function routeKey({ spec }: Definition<'Mapping'>, { headers, queryParameters }: Matchers): RouteKey {
  const numbers = `${sortable(spec.precedence ?? 0)}${sortable(spec.prefix.length)}`;
  const lengths = `${sortable(lengthOf(headers))}${sortable(lengthOf(queryParameters))}`;
  return `${numbers}${lengths}${spec.prefix}${names(headers)}${names(queryParameters)}\u0000\u0000${narrowness(spec)}`;
}

function names(matchers: readonly Matcher[]): string {
  let text = '';
  for (const [name, value] of matchers) text += `\u0000${name}-${valueOf(value)}`;
  return text;
}

/** Of prefixes with the same text, the whole path is tried before whole elements, and those before whatever begins alike. */
function narrowness(spec: Specs['Mapping']): string {
  if (spec.prefix_exact === true) return '2';
  return spec.path_separated === true ? '1' : '0';
}

/** Numbers as texts that sort as the numbers do. */
function sortable(number: number): string {
  let text = sortables.get(number);
  if (text === undefined) {
    text = String(ZERO + number).padStart(WIDTH, '0');
    if (sortables.size < MAX_SORTABLES) sortables.set(number, text);
  }
  return text;
}

type Matcher = readonly [name: string, value: string, regex: boolean];

const NONE: readonly Matcher[] = [];

interface Matchers {
  readonly headers: readonly Matcher[];
  readonly queryParameters: readonly Matcher[];
}

/** In Ambassador’s order: exact headers, regular expressions, authority, method; those of one kind by name. */
function matchers(spec: Specs['Mapping']): Matchers {
  const hostname = mappingHostname(spec);
  const regex = mappingHostRegex(spec);
  const headers =
    spec.headers === undefined && spec.regex_headers === undefined
      ? []
      : [...sorted(spec.headers, false).filter(([name]) => !isAuthority(name)), ...sorted(spec.regex_headers, true)];
  if (hostname !== undefined) headers.push([':authority', hostname.toLowerCase(), false]);
  else if (regex !== undefined) headers.push([':authority', regex, true]);
  if (spec.method !== undefined) headers.push([':method', spec.method, spec.method_regex === true]);
  if (spec.query_parameters === undefined && spec.regex_query_parameters === undefined)
    return { headers, queryParameters: NONE };
  return {
    headers,
    queryParameters: [...sorted(spec.query_parameters, false), ...sorted(spec.regex_query_parameters, true)],
  };
}

function sorted(values: Readonly<Record<string, string>> | undefined, regex: boolean): Matcher[] {
  if (values === undefined) return [];
  return Object.entries(values)
    .toSorted(([a], [b]) => compare(a, b))
    .map(([name, value]) => [name, value, regex]);
}

function lengthOf(pairs: readonly Matcher[]): number {
  let sum = 0;
  for (const [name, value, regex] of pairs) sum += name.length + valueOf(value).length + (regex ? 1 : 0);
  return sum;
}

/** To Ambassador, an empty value is `*`. */
function valueOf(value: string): string {
  return value === '' ? '*' : value;
}

function compare(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
