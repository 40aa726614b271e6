import type { Definition } from '../model/definition';

/** A Mapping with the share of its group’s remaining requests that its route takes, in the order of evaluation. */
export interface WeightedMapping {
  readonly mapping: Definition<'Mapping'>;
  /** Cumulative percentage for `runtime_fraction`; absent where the route takes all that reach it. */
  readonly percentage?: number;
}

/**
 * Divides a group by weight as Ambassador does: explicit weights add up in order, the rest is divided among the members
 * without one, the last of which takes everything left. Without such a member, the rest falls through to later routes.
 * Envoy draws one number for a request and compares it with each route’s percentage, so cumulative percentages give the shares.
 */
export function weighted(group: readonly Definition<'Mapping'>[]): readonly WeightedMapping[] {
  const [only, ...others] = group;
  if (only !== undefined && others.length === 0) return [{ mapping: only }];
  const explicit = group.filter(({ spec }) => spec.weight !== undefined);
  const weightless = group.filter(({ spec }) => spec.weight === undefined);
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
    shares.push(last ? { mapping } : share(mapping, sum + Math.floor((rest * (index + 1)) / weightless.length)));
  });
  return shares;
}

function share(mapping: Definition<'Mapping'>, percentage: number): WeightedMapping {
  return percentage >= 100 ? { mapping } : { mapping, percentage };
}
