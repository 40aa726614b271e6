import type { Ir } from '../ir/ir';
import type { FilterChain } from '../ir/listener';
import type { Origin } from '../ir/origin';

/** Who sends traffic to each cluster, by its name: several Mappings may share one. Sorted by name, each once. */
export function clusterUsers({ listeners, clusters }: Ir): ReadonlyMap<string, readonly Origin[]> {
  const users = new Map(clusters.map(({ name, origins }) => [name, new Set(origins.filter(sends))]));
  for (const { filterChains } of listeners)
    for (const chain of filterChains)
      for (const [cluster, origins] of uses(chain))
        for (const origin of origins.filter(sends)) users.get(cluster)?.add(origin);
  return new Map([...users].map(([name, origins]) => [name, [...origins].toSorted(byName)]));
}

/** A TLSContext says how, and not what. */
function sends({ kind }: Origin): boolean {
  return kind !== 'TLSContext';
}

function uses({ action, origins = [] }: FilterChain): readonly (readonly [string, readonly Origin[]])[] {
  switch (action.type) {
    case 'http':
      return action.routes.virtualHosts.flatMap(({ routes }) =>
        routes.flatMap(({ action: route, origin }) =>
          route.type === 'forward' && origin !== undefined ? [[route.cluster, [origin]] as const] : [],
        ),
      );
    case 'tcp':
      return action.clusters.length === 1 ? action.clusters.map(({ cluster }) => [cluster, origins] as const) : [];
    case 'blocked':
      return [];
  }
}

function byName(a: Origin, b: Origin): number {
  const [left, right] = [a, b].map(({ kind, namespace, name }) => `${namespace}/${name} ${kind}`);
  return left === right ? 0 : (left ?? '') < (right ?? '') ? -1 : 1;
}
