import type { Cluster } from '../../../src/ir/cluster';
import type { Outcome, Simulation } from '../../../src/simulation';

/** A simulation in the words of `requests.yaml`: names instead of objects. A list where weights divide the requests. */
export function summary(simulation: Simulation): object {
  if (simulation.type === 'refused') return { result: 'refused' };
  const { filterChain } = simulation;
  const chain = filterChain === undefined ? {} : { chain: filterChain.name };
  if (simulation.type === 'proxied') {
    const { terminated, upstreams } = simulation;
    return one(
      upstreams.map(({ cluster, share }) => ({
        result: 'proxied',
        share,
        terminated,
        ...chain,
        ...upstreamSummary(cluster),
      })),
    );
  }
  if (simulation.type !== 'answered') return { result: simulation.type, reason: simulation.reason, ...chain };
  const { virtualHost, outcomes } = simulation;
  const host = virtualHost === undefined ? {} : { virtualHost: virtualHost.name };
  return one(outcomes.map((outcome) => ({ ...chain, ...host, ...outcomeSummary(outcome) })));
}

function one(all: readonly object[]): object {
  const [only, ...others] = all;
  return only !== undefined && others.length === 0 ? only : all;
}

function outcomeSummary(outcome: Outcome): object {
  const { type: result, share, route } = outcome;
  const origin = route?.origin;
  const common = {
    result,
    share,
    ...(origin !== undefined && { route: `${origin.kind} ${origin.namespace}/${origin.name}` }),
  };
  switch (outcome.type) {
    case 'responded':
      return { ...common, status: outcome.status, reason: outcome.reason };
    case 'redirected':
      return { ...common, status: outcome.status, location: outcome.location };
    case 'forwarded':
      return {
        ...common,
        path: outcome.path,
        authority: outcome.authority,
        ...upstreamSummary(outcome.cluster),
      };
  }
}

function upstreamSummary({ discovery, tls }: Cluster): object {
  return {
    upstream: upstreamName(discovery),
    tls: tls !== undefined,
    ...(tls?.clientCertificate !== undefined && { clientCertificate: tls.clientCertificate }),
    ...(tls?.sni !== undefined && { sni: tls.sni }),
    ...(tls?.verification !== undefined && { verifiedBy: tls.verification.trustedCa }),
  };
}

function upstreamName(discovery: Cluster['discovery']): string {
  switch (discovery.type) {
    case 'eds':
      return discovery.serviceName;
    case 'none':
      return 'none';
    case 'socket':
      return discovery.path;
    default:
      return `${discovery.address}:${String(discovery.port)}`;
  }
}
