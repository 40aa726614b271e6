import type { Cluster } from '../ir/cluster';
import { type SecretSource, ownSecret } from '../ir/foreign-secret';
import type { Ir } from '../ir/ir';
import type { FilterChain } from '../ir/listener';
import type { Origin } from '../ir/origin';
import { filterChainOf } from '../simulation/filter-chain';
import { connectionOf, type UpstreamConnection } from './connection';
import type { LogLine } from './log-line';

/** The definitions behind what a line is about. */
export interface Culprit {
  /** Mappings, TLSContexts or Hosts. */
  readonly definitions: readonly Origin[];
  /** Secrets: what we present, and what we verify the other side against. */
  readonly secrets: readonly Origin[];
  /** How the cluster of the line connects; undefined if it is not configured here. */
  readonly upstream?: UpstreamConnection;
}

interface Found {
  readonly ir: Ir;
  readonly origins: readonly Origin[];
  readonly secrets: readonly (SecretSource | undefined)[];
}

/** Who wanted the cluster of the line, or, where there is none, who terminates TLS for its server name. Empty if it is not configured here. */
export function culpritOf(line: LogLine, configurations: readonly Ir[]): Culprit {
  const clusters = configurations.flatMap((ir) => clustersOf(line, ir).map((cluster) => ({ ir, cluster })));
  const found: readonly Found[] =
    line.cluster === undefined && line.downstreamFailure !== undefined
      ? configurations.flatMap((ir) => chainsOf(line, ir).map((chain) => terminates(chain, ir)))
      : clusters.map(({ ir, cluster: { origins, tls } }) => ({
          ir,
          origins,
          secrets: [tls?.clientCertificate, tls?.verification?.trustedCa],
        }));
  const [first] = clusters;
  return {
    definitions: [...new Set(found.flatMap(({ origins }) => origins))],
    secrets: [
      ...new Set(
        found.flatMap(({ ir, secrets }) => {
          const names = secrets.map(ownSecret);
          return ir.secrets.filter(({ name }) => names.includes(name)).flatMap(({ origins }) => origins);
        }),
      ),
    ],
    ...(first !== undefined && { upstream: connectionOf(first.cluster) }),
  };
}

/** `%UPSTREAM_CLUSTER%` prefers the alternative name, which clusters may share. */
function clustersOf({ cluster }: LogLine, { clusters }: Ir): readonly Cluster[] {
  if (cluster === undefined) return [];
  return clusters.filter(({ name, altStatName }) => name === cluster || altStatName === cluster);
}

/** The chain that Envoy chooses on each Listener: the line does not say which it was. */
function chainsOf({ serverName, authority = '' }: LogLine, { listeners }: Ir): readonly FilterChain[] {
  const tls = serverName === undefined ? {} : { serverName };
  return listeners.flatMap((listener) => {
    const chain = filterChainOf(listener, { port: listener.port, authority, tls });
    return chain?.tls === undefined ? [] : [chain];
  });
}

function terminates({ tls, origins = [] }: FilterChain, ir: Ir): Found {
  return { ir, origins, secrets: [tls?.certificate, tls?.verification?.trustedCa] };
}
