import type { Definition } from '../model/definition';
import type { Definitions } from '../model/definitions';
import type { Quarantine } from './quarantine';
import { LayoutMemo, itemsAt } from './layout-memo';
import { Memo } from './memo';
import { routePlace } from './route-order';
import { surroundingsOf } from './surroundings';

type Mapping = Definition<'Mapping'>;

/**
 * Mappings that share a match (Ambassador, "Canary releases"): they divide the requests, or one redirects them all; and one more may
 * get copies of them.
 */
export interface MappingGroup {
  /** Those in service that take requests, by namespace and name. */
  readonly members: readonly Mapping[];
  /** Whose word counts for the whole group (`leaderOf`). */
  readonly leader: Mapping;
  /** Gets copies of the requests. */
  readonly shadow?: Mapping;
}

/** Fields that the Mappings of a group have in common: who joins may leave them out, and has them nevertheless (all but `bypass_auth`). */
export const GROUP_WIDE = [
  'prefix_exact',
  'prefix_regex',
  'case_sensitive',
  'connect_timeout_ms',
  'cluster_idle_timeout_ms',
  'cluster_max_connection_lifetime_ms',
  'circuit_breakers',
  'keepalive',
  'load_balancer',
  'bypass_auth',
  'labels',
] as const satisfies readonly (keyof Mapping['spec'])[];

export type GroupWide = (typeof GROUP_WIDE)[number];

/** What a group-wide field says of a Mapping. Without a group, its own word. */
export function groupWide<Field extends GroupWide>(
  mapping: Mapping,
  group: MappingGroup | undefined,
  field: Field,
): Mapping['spec'][Field] | undefined {
  return mapping.spec[field] ?? group?.leader.spec[field];
}

/** What a Mapping says itself, or the last of its group that says anything. */
export function ownOrShared<Field extends keyof Mapping['spec']>(
  mapping: Mapping,
  group: MappingGroup | undefined,
  field: Field,
): Mapping['spec'][Field] | undefined {
  return mapping.spec[field] ?? group?.members.findLast(({ spec }) => spec[field] !== undefined)?.spec[field];
}

export function isShadow({ spec }: Mapping): boolean {
  return spec.shadow === true;
}

/** A shadow cannot redirect: what it gets are copies. */
export function redirects({ spec }: Mapping): boolean {
  return spec.host_redirect === true && spec.shadow !== true;
}

/** Whether the Mapping is left out of its group, whose other members take its requests. */
export function isLeftOut(mapping: Mapping, quarantine: Quarantine): boolean {
  return quarantine.reasonFor(mapping) === undefined && quarantine.reasonFor(mapping, 'share') !== undefined;
}

const grouped = new WeakMap<Definitions, ReadonlyMap<string, readonly Mapping[]>>();
const layouts = new LayoutMemo<Mapping, ReadonlyMap<string, readonly number[]>>(
  (a, b) => routePlace(a).group === routePlace(b).group,
);

/** The Mappings of the node group that share a match (`routePlace`) with others, by the match, in order of namespace and name. */
export function sharedMatches(definitions: Definitions): ReadonlyMap<string, readonly Mapping[]> {
  let shared = grouped.get(definitions);
  if (shared === undefined) {
    const mappings = definitions.of('Mapping');
    const layout = layouts.get(surroundingsOf(definitions), [], mappings, sharers);
    shared = new Map([...layout].map(([group, positions]) => [group, itemsAt(positions, mappings)]));
    grouped.set(definitions, shared);
  }
  return shared;
}

/** Where those are that share a match with others. */
function sharers(mappings: readonly Mapping[]): ReadonlyMap<string, readonly number[]> {
  const first = new Map<string, number>();
  const shared = new Map<string, number[]>();
  mappings.forEach((mapping, position) => {
    const { group } = routePlace(mapping);
    const earlier = first.get(group);
    const known = shared.get(group);
    if (earlier === undefined) first.set(group, position);
    else if (known === undefined) shared.set(group, [earlier, position]);
    else known.push(position);
  });
  return shared;
}

/**
 * Whose word counts for a group: of those that take requests, the one with the greatest share, which a Mapping without a weight has; of
 * equals the first. To Ambassador the first by name leads, and where a canary does, the stable version is left out.
 */
export function leaderOf(sharers: readonly Mapping[]): Mapping | undefined {
  const share = ({ spec }: Mapping) => spec.weight ?? 101;
  return sharers
    .filter((mapping) => !isShadow(mapping))
    .reduce<Mapping | undefined>(
      (best, next) => (best === undefined || share(next) > share(best) ? next : best),
      undefined,
    );
}

const groups = new Memo<Mapping, MappingGroup>();

/** The group of Mappings with one match, once validation has judged them; undefined where there is but one. */
export function mappingGroup(sharers: readonly Mapping[], quarantine: Quarantine): MappingGroup | undefined {
  if (sharers.length < 2) return undefined;
  const joined = sharers.filter((mapping) => !isLeftOut(mapping, quarantine));
  const inService = joined.filter((mapping) => quarantine.reasonFor(mapping) === undefined);
  const members = inService.filter((mapping) => !isShadow(mapping));
  const shadow = inService.find(isShadow);
  const leader = leaderOf(members) ?? leaderOf(joined);
  if (leader === undefined) return undefined;
  return groups.get(leader, '', [shadow, ...members], () => ({
    members,
    leader,
    ...(shadow !== undefined && { shadow }),
  }));
}
