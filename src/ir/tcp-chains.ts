import type { Definition } from '../model/definition';
import { tcpGroup, tcpServerName } from '../resolution/tcp-listener';
import { tcpTermination } from '../resolution/tcp-termination';
import type { BuildContext } from './build-context';
import type { ClusterCollector } from './cluster-collector';
import { contextOrigins, downstreamTls } from './downstream-tls';
import type { GrpcAccessLog, HttpServices } from './http-services';
import type { FilterChain, WeightedCluster } from './listener';
import { originOf } from './origin';
import type { SecretCollector } from './secret-collector';
import { tcpShares } from './tcp-weights';

type TcpMapping = Definition<'TCPMapping'>;

/** Makes the filter chains of TCPMappings: one for each server name that they take, or for every connection. */
export class TcpChainBuilder {
  readonly #context: BuildContext;
  readonly #clusters: ClusterCollector;
  readonly #secrets: SecretCollector;
  readonly #accessLogs: readonly GrpcAccessLog[];

  constructor(context: BuildContext, clusters: ClusterCollector, secrets: SecretCollector, services: HttpServices) {
    this.#context = context;
    this.#clusters = clusters;
    this.#secrets = secrets;
    this.#accessLogs = services.accessLogs.filter(({ type }) => type === 'tcp');
  }

  /**
   * The chains of a Listener’s TCPMappings. Where none of a group can be honoured, the chain closes the connection: its name must not
   * fall through to a wildcard’s chain. Without a name there is nothing to fall through to, and no chain. Where only some can’t, their share of the connections is closed.
   */
  chains(mappings: readonly TcpMapping[]): readonly FilterChain[] {
    const groups = new Map<string, TcpMapping[]>();
    for (const mapping of mappings) {
      const key = tcpGroup(mapping);
      groups.set(key, [...(groups.get(key) ?? []), mapping]);
    }
    return [...groups.values()].flatMap((group) => this.#chain(group) ?? []);
  }

  #chain(group: readonly TcpMapping[]): FilterChain | undefined {
    const [first] = group;
    if (first === undefined) return undefined;
    const serverName = tcpServerName(first.spec.host);
    const match =
      serverName === undefined
        ? ({ transport: 'any', serverNames: [] } as const)
        : ({ transport: 'tls', serverNames: serverName === '*' ? [] : [serverName] } as const);
    const name = serverName === undefined ? 'tcp' : `tcp-${serverName}`;
    const origins = group.map(originOf);
    const served = group.find((mapping) => this.#isServed(mapping));
    const clusters = this.#weightedClusters(group);
    if (served === undefined || clusters.length === 0)
      return serverName === undefined
        ? undefined
        : { name: `blocked-${name}`, match, action: { type: 'blocked' }, origins };
    const termination = tcpTermination(served, this.#context.definitions);
    const { port, idle_timeout_ms } = served.spec;
    return {
      name,
      match,
      action: {
        type: 'tcp',
        statPrefix: termination === undefined ? `ingress_tcp_${port}` : `ingress_tls_${port}`,
        clusters,
        accessLogs: this.#accessLogs,
        ...(idle_timeout_ms !== undefined && { idleTimeoutMs: idle_timeout_ms }),
      },
      ...(termination !== undefined && {
        tls: downstreamTls(termination.tls, this.#context.definitions, this.#secrets),
      }),
      origins: termination === undefined ? origins : [...origins, ...contextOrigins(termination.tls)],
    };
  }

  #weightedClusters(group: readonly TcpMapping[]): readonly WeightedCluster[] {
    const byName = new Map<string, number>();
    for (const { mapping, weight } of tcpShares(group)) {
      const cluster = this.#isServed(mapping) ? this.#clusters.clusterOf(mapping) : this.#clusters.blocked();
      byName.set(cluster, (byName.get(cluster) ?? 0) + weight);
    }
    return [...byName].map(([cluster, weight]) => ({ cluster, weight }));
  }

  #isServed(mapping: TcpMapping): boolean {
    return this.#context.quarantine.reasonFor(mapping) === undefined;
  }
}
