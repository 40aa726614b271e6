import type { ClusterPlan, Verdict } from '../../rehearsal';
import type { Origin } from '../../ir/origin';
import { placeOf } from '../certs/document';
import type { Attempted, Rehearsed } from './rehearse';

/** Nothing verifies the upstream. */
export const UNVERIFIED = 'nothing verifies the upstream: any certificate is accepted';

/** The definitions that a verdict is about. */
export function responsibleFor({ users, tls }: ClusterPlan, about: Verdict['about']): readonly Origin[] {
  if (about === 'address' || tls === undefined) return users;
  const { contexts, presented, demanded } = tls;
  const secrets = about === 'presented' ? presented?.origins : about === 'demanded' ? demanded?.origins : [];
  const found = [...new Set([...(secrets ?? []), ...contexts])];
  return found.length === 0 ? users : found;
}

/** One cluster as `rehearse --format json` prints it. */
export function rehearsedDocument({ plan, attempts, obstacle }: Rehearsed) {
  const { cluster, users, tls } = plan;
  return {
    cluster,
    users: users.map(definitionOf),
    tls: tls !== undefined,
    ...(tls !== undefined && {
      offer: tls.offer,
      verifiesUpstream: tls.demanded !== undefined,
      presentsCertificate: tls.presented !== undefined,
    }),
    ...(obstacle !== undefined && { obstacle }),
    handshakes: attempts.map((attempt) => attemptDocument(plan, attempt)),
  };
}

function attemptDocument(plan: ClusterPlan, { target, seen, verdict }: Attempted) {
  const { address, protocol, cipherSuite, alpnProtocol, alert, network, stage } = seen;
  const { outcome, reason, fix, about } = verdict;
  return {
    target,
    outcome,
    reason,
    ...(fix !== undefined && { fix }),
    ...(outcome !== 'goes through' && { definitions: responsibleFor(plan, about).map(definitionOf) }),
    seen: { address, stage, protocol, cipherSuite, alpnProtocol, alert, network },
  };
}

function definitionOf(origin: Origin) {
  return { kind: origin.kind, namespace: origin.namespace, name: origin.name, at: placeOf(origin) };
}
