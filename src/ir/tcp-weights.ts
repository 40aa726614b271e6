import type { Definition } from '../model/definition';

/** A TCPMapping with its share of the connections of its group, in per cent. */
export interface TcpShare {
  readonly mapping: Definition<'TCPMapping'>;
  readonly weight: number;
}

/**
 * Divides a group by weight: explicit weights are what they say, and what is left of 100 is divided evenly among the others. The only
 * one of a group takes everything. Shares of nothing are left out. Where nobody is left to take the rest, Envoy spreads it
 * by the weights that are there.
 */
export function tcpShares(group: readonly Definition<'TCPMapping'>[]): readonly TcpShare[] {
  const [only, ...others] = group;
  if (only !== undefined && others.length === 0) return [{ mapping: only, weight: 100 }];
  const weightless = group.filter(({ spec }) => spec.weight === undefined);
  const rest = Math.max(0, 100 - group.reduce((sum, { spec }) => sum + (spec.weight ?? 0), 0));
  const part = Math.floor(rest / weightless.length);
  const shareOf = (mapping: Definition<'TCPMapping'>): number =>
    mapping.spec.weight ?? (mapping === weightless.at(-1) ? rest - part * (weightless.length - 1) : part);
  return group.map((mapping) => ({ mapping, weight: shareOf(mapping) })).filter(({ weight }) => weight > 0);
}
