import {
  type Certificate,
  judgePeer,
  type KeyExchange,
  missingKeyUsage,
  type Revocation,
  type TrustBundle,
} from '../certificates';
import type { SubjectAltNameMatcher } from '../ir/tls';
import { matchesAnySubjectAltName } from '../simulation';

/** Why Envoy would not accept an upstream’s certificate. */
export interface Refusal {
  /** For people, about the upstream’s certificate. */
  readonly reason: string;
  readonly fix: string;
}

/** What an upstream’s certificate is held against, read. */
export interface Demands {
  readonly trust: TrustBundle;
  readonly revocation?: Revocation;
  readonly subjectAltNames: readonly SubjectAltNameMatcher[];
}

/**
 * What Envoy has against the chain (PEM, the leaf first) at that moment; it tolerates no clock skew. Undefined: it accepts it. Without
 * demands, any certificate will do whose key may be used as it is.
 */
export function refusalOf(
  chainPem: string,
  demands: Demands | undefined,
  exchange: KeyExchange,
  at: Date,
): Refusal | undefined {
  const usage = missingKeyUsage(chainPem, exchange);
  if (usage !== undefined)
    return {
      reason: `its certificate lacks the key usage ${usage}, which the cipher suite needs`,
      fix: 'have the upstream’s certificate issued with that usage, or offer other `cipher_suites`',
    };
  if (demands === undefined) return undefined;
  const { trust, revocation, subjectAltNames } = demands;
  const { leaf, refusal } = judgePeer(chainPem, trust, 'server', at, revocation);
  if (refusal !== undefined) return { reason: refusal, fix: fixOf(refusal) };
  if (leaf === undefined || matchesAnySubjectAltName(subjectAltNames, leaf.subjectAltNames)) return undefined;
  return {
    reason: `its certificate is for ${namesOf(leaf)}, and ${subjectAltNames.map(wanted).join(' or ')} is wanted`,
    fix: 'correct `verify` of the TLSContext, or have the upstream’s certificate issued for that name',
  };
}

function fixOf(refusal: string): string {
  if (refusal.includes('revocation list'))
    return 'put the current list of that CA into the Secret that `crl_secret` names';
  if (refusal.endsWith('is revoked')) return 'have the upstream’s certificate issued again';
  if (refusal.includes('has issued')) {
    return 'add the CA that issued it to the Secret that `ca_secret` names, or have the upstream send its intermediate certificates';
  }
  if (refusal.includes('not valid before')) return 'compare the clocks of the upstream’s CA and of this machine';
  if (refusal.includes('expired')) return 'have the upstream’s certificate renewed';
  return 'have the upstream’s certificate issued anew';
}

function namesOf({ subjectAltNames, subject }: Certificate): string {
  const names = subjectAltNames.map(({ type, value }) => `${type}:${value}`);
  return names.length === 0 ? `no name at all (${subject})` : names.join(', ');
}

function wanted({ type, match, value }: SubjectAltNameMatcher): string {
  return match === 'exact' ? `${type}:${value}` : `${type} with ${match} ${value}`;
}
