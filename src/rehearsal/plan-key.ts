import { createHash } from 'node:crypto';
import type { ClusterPlan } from './plan';

/** Equal for plans whose handshakes are the same: what is presented, demanded, offered, and where. No key is in it. */
export function planKey(plan: ClusterPlan): string {
  const { cluster, targets, connectTimeoutMs, tls } = plan;
  const names = tls?.demanded?.subjectAltNames;
  const parts = [cluster, targets, connectTimeoutMs, tls?.offer, presentedIn(plan), names, demandedIn(plan)];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

/** Whether both present the same certificate. */
export function presentSame(a: ClusterPlan, b: ClusterPlan): boolean {
  return JSON.stringify(presentedIn(a)) === JSON.stringify(presentedIn(b));
}

/** Whether both hold the upstream’s certificate against the same CAs and lists. */
export function demandSame(a: ClusterPlan, b: ClusterPlan): boolean {
  return JSON.stringify(demandedIn(a)) === JSON.stringify(demandedIn(b));
}

function presentedIn({ tls }: ClusterPlan): unknown {
  const keyPair = tls?.presented?.keyPair;
  return keyPair !== undefined && 'chainPem' in keyPair ? [keyPair.chainPem, keyPair.privateKey.fingerprint] : keyPair;
}

function demandedIn({ tls }: ClusterPlan): unknown {
  const { trust, revocation } = tls?.demanded ?? {};
  return [
    trust !== undefined && trust !== 'system' && 'pem' in trust ? trust.pem : trust,
    revocation !== undefined && 'pem' in revocation ? revocation.pem : revocation,
  ];
}
