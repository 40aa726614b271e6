import { invariant } from '../diagnostics/invariant';
import type { Ir } from '../ir/ir';
import type { TcpAction } from '../ir/listener';
import type { ProxiedUpstream } from './simulation';

/** Where a TCP proxy takes a connection: Envoy spreads the whole by the weights that are there. */
export function proxiedUpstreams({ clusters }: TcpAction, ir: Ir): readonly ProxiedUpstream[] {
  const total = clusters.reduce((sum, { weight }) => sum + weight, 0);
  return clusters.map(({ cluster: name, weight }) => {
    const cluster = ir.clusters.find((each) => each.name === name);
    invariant(cluster !== undefined, `the cluster ${name} is not in the IR`);
    return { cluster, share: (100 * weight) / total };
  });
}
