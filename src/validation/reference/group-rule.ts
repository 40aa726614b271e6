import { isDeepStrictEqual } from 'node:util';
import { diagnostic } from '../../diagnostics/diagnostic';
import { type Definition, keyOf, subjectOf } from '../../model/definition';
import {
  GROUP_WIDE,
  type GroupWide,
  isShadow,
  leaderOf,
  sharedMatches,
  redirects,
} from '../../resolution/mapping-group';
import type { Violation } from '../../resolution/quarantine';
import { routePlace } from '../../resolution/route-order';
import { Sieve } from '../../resolution/sieve';
import type { ReferenceRule } from '../rule';
import { surroundingsOf } from '../../resolution/surroundings';

type Mapping = Definition<'Mapping'>;

/** How the prefix is matched: this much a shadow shares with those whose requests it gets copies of. */
const OF_THE_MATCH: readonly GroupWide[] = ['prefix_exact', 'prefix_regex', 'case_sensitive'];

const DEFAULTS: Readonly<Partial<Record<GroupWide, unknown>>> = {
  prefix_exact: false,
  prefix_regex: false,
  case_sensitive: true,
  bypass_auth: false,
};

const SHADOWS = new Sieve<Mapping>(isShadow);

/**
 * CS5020, CS5021, CS5022: Mappings that share a match agree on what holds for all of them, and on what becomes of the requests. One that
 * disagrees with the leader of the group is left out, and the others take its requests.
 */
export const groupRule: ReferenceRule = ({ definitions, quarantine }) => {
  const found: Violation[] = [];
  const shared = sharedMatches(definitions);
  const alone = SHADOWS.of(surroundingsOf(definitions), definitions.of('Mapping')).filter(
    (mapping) => !shared.has(routePlace(mapping).group),
  );
  for (const sharers of [...shared.values(), ...alone.map((mapping) => [mapping])]) {
    found.push(...judge(sharers.filter((mapping) => quarantine.reasonFor(mapping) === undefined)));
  }
  return found;
};

function judge(sharers: readonly Mapping[]): readonly Violation[] {
  const leader = leaderOf(sharers);
  const [first] = sharers.filter(isShadow);
  const found: Violation[] = [];
  for (const mapping of sharers) {
    const shadow = isShadow(mapping);
    const before = shadow ? first : leader;
    const rival = before === mapping ? undefined : before;
    const violation =
      (leader === undefined || leader === mapping ? undefined : disagreement(mapping, leader)) ??
      (rival === undefined ? undefined : contradiction(mapping, rival));
    if (violation !== undefined) found.push(violation);
  }
  if (first !== undefined && (leader === undefined || redirects(leader))) {
    const what = leader === undefined ? 'no other Mapping matches as it does' : `${keyOf(subjectOf(leader))} redirects`;
    const message = `Mapping "${first.metadata.name}" is a shadow, but there is nothing to copy: ${what}`;
    const location = first.at(['spec', 'shadow'], 'key');
    found.push({ diagnostic: diagnostic('CS5022', { message, subject: subjectOf(first), location }) });
  }
  return found;
}

function disagreement(mapping: Mapping, leader: Mapping): Violation | undefined {
  if (routePlace(mapping).expressions !== routePlace(leader).expressions)
    return leftOut('CS5020', mapping, leader, ['spec'], 'one takes for a regular expression what the other does not');
  const fields = isShadow(mapping) ? OF_THE_MATCH : GROUP_WIDE;
  const field = fields.find((name) => !agrees(name, mapping, leader));
  if (field === undefined) return undefined;
  return leftOut('CS5020', mapping, leader, ['spec', field], `${field} must be the same in both`);
}

/** Who says nothing agrees with everything; and it makes no difference whether a default was written. */
function agrees(field: GroupWide, mapping: Mapping, leader: Mapping): boolean {
  const own = mapping.spec[field];
  return own === undefined || isDeepStrictEqual(own, leader.spec[field] ?? DEFAULTS[field]);
}

function contradiction(mapping: Mapping, rival: Mapping): Violation | undefined {
  if (isShadow(mapping)) return leftOut('CS5021', mapping, rival, ['spec', 'shadow'], 'one shadow is enough');
  if (redirects(mapping) && redirects(rival))
    return leftOut('CS5021', mapping, rival, ['spec', 'host_redirect'], 'one redirect is enough');
  if (redirects(mapping) === redirects(rival)) return undefined;
  const [path, what] = redirects(mapping)
    ? (['host_redirect', 'the other forwards requests, this one redirects them'] as const)
    : (['service', 'the other redirects requests, this one forwards them'] as const);
  return leftOut('CS5021', mapping, rival, ['spec', path], what);
}

function leftOut(
  code: 'CS5020' | 'CS5021',
  mapping: Mapping,
  other: Mapping,
  path: readonly string[],
  what: string,
): Violation {
  const message = `Mapping "${mapping.metadata.name}" shares its match with "${other.metadata.name}", but ${what}`;
  const related = [{ message: keyOf(subjectOf(other)), location: other.at(['spec', 'prefix']) }];
  return {
    scope: 'share',
    diagnostic: diagnostic(code, { message, subject: subjectOf(mapping), location: mapping.at(path, 'key'), related }),
  };
}
