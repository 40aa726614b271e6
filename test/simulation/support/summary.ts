import type { Outcome, Simulation } from '../../../src/simulation';

/** A simulation in the words of `requests.yaml`: names instead of objects. A list where weights divide the requests. */
export function summary(simulation: Simulation): object {
  if (simulation.type === 'refused') return { result: 'refused' };
  const { filterChain } = simulation;
  const chain = filterChain === undefined ? {} : { chain: filterChain.name };
  if (simulation.type !== 'answered') return { result: simulation.type, reason: simulation.reason, ...chain };
  const { virtualHost, outcomes } = simulation;
  const host = virtualHost === undefined ? {} : { virtualHost: virtualHost.name };
  const all = outcomes.map((outcome) => ({ ...chain, ...host, ...outcomeSummary(outcome) }));
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
    case 'forwarded': {
      const { path, authority, cluster } = outcome;
      const { discovery, tls } = cluster;
      const upstream =
        discovery.type === 'eds' ? discovery.serviceName : `${discovery.address}:${String(discovery.port)}`;
      return {
        ...common,
        path,
        authority,
        upstream,
        tls: tls !== undefined,
        ...(tls?.clientCertificate !== undefined && { clientCertificate: tls.clientCertificate }),
        ...(tls?.sni !== undefined && { sni: tls.sni }),
        ...(tls?.verification !== undefined && { verifiedBy: tls.verification.trustedCa }),
      };
    }
  }
}
