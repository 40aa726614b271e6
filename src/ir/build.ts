import type { BuildContext } from './build-context';
import { ClusterCollector } from './cluster-collector';
import { FilterChainBuilder } from './filter-chains';
import { httpServices } from './http-services-builder';
import type { Ir } from './ir';
import { buildListeners } from './listeners';
import { MappingIndex } from './mapping-index';
import { RouteGates } from './route-gates';
import { SecretCollector } from './secret-collector';
import { TcpChainBuilder } from './tcp-chains';
import { VirtualHostBuilder } from './virtual-hosts';

/**
 * Builds the IR of one node group. Listeners ask for virtual hosts, those for routes, those for clusters, and those for
 * secrets and endpoints, so that exactly what is referred to is supplied.
 */
export function buildIr(context: BuildContext): Ir {
  const secrets = new SecretCollector(context.definitions);
  const clusters = new ClusterCollector(context, secrets);
  const mappings = new MappingIndex(context);
  const gates = new RouteGates(context);
  const services = httpServices(context, (owner) => clusters.clusterOf(owner));
  const virtualHosts = new VirtualHostBuilder(context, mappings, clusters, gates);
  const listeners = buildListeners(context, {
    http: new FilterChainBuilder(context, virtualHosts, secrets, gates, services),
    tcp: new TcpChainBuilder(context, clusters, secrets, services),
  });
  return {
    listeners,
    clusters: clusters.collected(),
    endpoints: clusters.assignments(),
    secrets: secrets.collected(),
  };
}
