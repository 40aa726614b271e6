import type { Ir } from '../ir/ir';
import type { Origin } from '../ir/origin';
import type { LogLine } from './log-line';

/** The definitions behind what a line is about. */
export interface Culprit {
  /** Mappings, TLSContexts or Hosts. */
  readonly definitions: readonly Origin[];
  /** Secrets: what we present, and what we verify the other side against. */
  readonly secrets: readonly Origin[];
}

/** Who wanted the cluster of the line, or, where there is none, who terminates TLS for its server name. Empty if it is not configured here. */
export function culpritOf({ cluster, serverName, downstreamFailure }: LogLine, configurations: readonly Ir[]): Culprit {
  const found: {
    readonly origins: readonly Origin[];
    readonly secrets: readonly (string | undefined)[];
    readonly ir: Ir;
  }[] = [];
  for (const ir of configurations) {
    // `%UPSTREAM_CLUSTER%` prefers the alternative name, which clusters may share.
    for (const { name, altStatName, origins, tls } of ir.clusters)
      if (cluster !== undefined && [name, altStatName].includes(cluster))
        found.push({ ir, origins, secrets: [tls?.clientCertificate, tls?.verification?.trustedCa] });
    if (cluster !== undefined || downstreamFailure === undefined) continue;
    for (const { filterChains } of ir.listeners)
      for (const { match, tls, origins = [] } of filterChains)
        if (tls !== undefined && match.serverNames.some((pattern) => isMatch(pattern, serverName)))
          found.push({ ir, origins, secrets: [tls.certificate, tls.verification?.trustedCa] });
  }
  return {
    definitions: [...new Set(found.flatMap(({ origins }) => origins))],
    secrets: [
      ...new Set(
        found.flatMap(({ ir, secrets }) =>
          ir.secrets.filter(({ name }) => secrets.includes(name)).flatMap(({ origins }) => origins),
        ),
      ),
    ],
  };
}

function isMatch(pattern: string, serverName: string | undefined): boolean {
  return (
    serverName !== undefined &&
    (pattern === serverName || (pattern.startsWith('*.') && serverName.endsWith(pattern.slice(1))))
  );
}
