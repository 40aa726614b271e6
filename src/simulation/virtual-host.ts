import type { RouteConfiguration, VirtualHost } from '../ir/route-configuration';
import { withoutPort } from './authority';

/**
 * The virtual host of an authority (Envoy, "VirtualHost: domains"): the full name, else the longest `*suffix`, else the longest
 * `prefix*`, else `*`. A star stands for at least one character, and case does not matter.
 */
export function virtualHostOf(routes: RouteConfiguration, authority: string): VirtualHost | undefined {
  const name = (routes.ignorePort ? withoutPort(authority) : authority).toLowerCase();
  let best: { readonly virtualHost: VirtualHost; readonly rank: number; readonly length: number } | undefined;
  for (const virtualHost of routes.virtualHosts) {
    for (const domain of virtualHost.domains) {
      const rank = rankOf(domain.toLowerCase(), name);
      if (rank === undefined) continue;
      const better = best === undefined || rank > best.rank || (rank === best.rank && domain.length > best.length);
      if (better) best = { virtualHost, rank, length: domain.length };
    }
  }
  return best?.virtualHost;
}

function rankOf(domain: string, name: string): number | undefined {
  if (domain === '*') return 0;
  if (domain.endsWith('*')) return name.length >= domain.length && name.startsWith(domain.slice(0, -1)) ? 1 : undefined;
  if (domain.startsWith('*')) return name.length >= domain.length && name.endsWith(domain.slice(1)) ? 2 : undefined;
  return domain === name ? 3 : undefined;
}
