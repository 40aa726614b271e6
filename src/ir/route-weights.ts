import type { Definition } from '../model/definition';
import { Memo } from '../resolution/memo';
import type { MappingGroup } from '../resolution/mapping-group';

/** A Mapping with the share of its group’s remaining requests that its route takes, in the order of evaluation. */
export interface WeightedMapping {
  readonly mapping: Definition<'Mapping'>;
  /** Cumulative percentage for `runtime_fraction`; absent where the route takes all that reach it. */
  readonly percentage?: number;
  /** Absent where it is alone. */
  readonly group?: MappingGroup;
}

const alones = new WeakMap<Definition<'Mapping'>, WeightedMapping>();
const known = new Memo<Definition<'Mapping'>, readonly WeightedMapping[]>();

/** A Mapping that shares its match with no other. The same object each time. */
export function alone(mapping: Definition<'Mapping'>): WeightedMapping {
  let whole = alones.get(mapping);
  if (whole === undefined) {
    whole = { mapping };
    alones.set(mapping, whole);
  }
  return whole;
}

/** The shares of Mappings with one match; the same objects each time for the same Mappings and group. */
export function weighted(sharers: readonly Definition<'Mapping'>[], group?: MappingGroup): readonly WeightedMapping[] {
  const [first] = sharers;
  return first === undefined ? [] : known.get(first, '', [group, ...sharers], () => divided(sharers, group));
}

/**
 * Divides a group by weight as Ambassador does: explicit weights add up in order, the rest is divided among the members
 * without one, the last of which takes everything left. Without such a member, the rest falls through to later routes.
 * Envoy draws one number for a request and compares it with each route’s percentage, so cumulative percentages give the shares.
 */
function divided(sharers: readonly Definition<'Mapping'>[], group?: MappingGroup): readonly WeightedMapping[] {
  const common = group === undefined ? {} : { group };
  const share = (mapping: Definition<'Mapping'>, percentage: number): WeightedMapping =>
    percentage >= 100 ? { mapping, ...common } : { mapping, percentage, ...common };
  const [only, ...others] = sharers;
  if (only !== undefined && others.length === 0) return [share(only, 100)];
  const explicit = sharers.filter(({ spec }) => spec.weight !== undefined);
  const weightless = sharers.filter(({ spec }) => spec.weight === undefined);
  let sum = 0;
  const shares: WeightedMapping[] = [];
  for (const mapping of explicit) {
    const { weight = 0 } = mapping.spec;
    sum += weight;
    if (weight > 0) shares.push(share(mapping, sum));
  }
  const rest = Math.max(0, 100 - sum);
  weightless.forEach((mapping, index) => {
    const last = index === weightless.length - 1;
    shares.push(share(mapping, last ? 100 : sum + Math.floor((rest * (index + 1)) / weightless.length)));
  });
  return shares;
}
