import type { BuildContext } from './build-context';
import { ClusterCollector } from './cluster-collector';
import { FilterChainBuilder } from './filter-chains';
import type { Ir } from './ir';
import { buildListeners } from './listeners';
import { MappingIndex } from './mapping-index';
import { SecretCollector } from './secret-collector';
import { VirtualHostBuilder } from './virtual-hosts';

/**
 * Builds the IR of one node group. Listeners ask for virtual hosts, those for routes, those for clusters, and those for
 * secrets and endpoints, so that exactly what is referred to is supplied.
 */
export function buildIr(context: BuildContext): Ir {
  const secrets = new SecretCollector(context.definitions);
  const clusters = new ClusterCollector(context, secrets);
  const mappings = new MappingIndex(context.definitions);
  const virtualHosts = new VirtualHostBuilder(context, mappings, (mapping) => clusters.clusterOf(mapping));
  const listeners = buildListeners(context, new FilterChainBuilder(context, virtualHosts, secrets));
  return {
    listeners,
    clusters: clusters.collected(),
    endpoints: clusters.assignments(),
    secrets: secrets.collected(),
  };
}
