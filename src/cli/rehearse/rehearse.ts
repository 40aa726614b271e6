import {
  type ClusterPlan,
  type Observation,
  refusalOf,
  type Target,
  type TlsPlan,
  type Verdict,
  verdictOf,
} from '../../rehearsal';
import { addressesOf } from './addresses';
import { shakeHands } from './handshake';
import { type Material, readMaterial } from './material';
import { secureContext } from './secure-context';

export interface RehearseOptions {
  readonly now: () => Date;
  /** Instead of the connect timeout of each cluster. */
  readonly timeoutMs?: number;
  /** Instead of the endpoints of each cluster. */
  readonly to?: { readonly host: string; readonly port: number };
}

/** What one address made of the handshake. */
export interface Attempted {
  /** `HOST:PORT` as defined. */
  readonly target: string;
  readonly seen: Observation;
  readonly verdict: Verdict;
}

/** What came of one cluster. */
export interface Rehearsed {
  readonly plan: ClusterPlan;
  /** Empty where the cluster speaks cleartext, has no endpoint, or cannot be rehearsed here. */
  readonly attempts: readonly Attempted[];
  /** Why it cannot be rehearsed here. */
  readonly obstacle?: string;
}

/** Handshakes at the same time. */
const CONCURRENCY = 8;

/** Rehearses every plan, in their order; a few at a time. */
export async function rehearse(plans: readonly ClusterPlan[], options: RehearseOptions): Promise<readonly Rehearsed[]> {
  const results: Rehearsed[] = [];
  const waiting = plans.entries();
  const work = async () => {
    for (const [index, plan] of waiting) results[index] = await rehearseCluster(plan, options);
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, work));
  return results;
}

async function rehearseCluster(plan: ClusterPlan, options: RehearseOptions): Promise<Rehearsed> {
  const { tls } = plan;
  if (tls === undefined) return { plan, attempts: [] };
  let material: Material;
  try {
    material = await readMaterial(tls);
    secureContext(tls.offer, material.keyPair);
  } catch (error) {
    return { plan, attempts: [], obstacle: obstacleOf(error) };
  }
  const timeoutMs = options.timeoutMs ?? plan.connectTimeoutMs;
  const targets: readonly Target[] =
    options.to === undefined ? plan.targets : [{ ...options.to, addresses: 'both', firstOnly: false }];
  const attempts: Attempted[] = [];
  for (const target of targets) attempts.push(...(await attemptAll(target, tls, material, timeoutMs, options.now)));
  return { plan, attempts };
}

async function attemptAll(
  target: Target,
  { offer }: TlsPlan,
  { keyPair, demands }: Material,
  timeoutMs: number,
  now: () => Date,
): Promise<readonly Attempted[]> {
  const name = nameOf(target);
  const presented = keyPair?.certificates[0];
  const judged = (seen: Observation): Attempted => ({
    target: name,
    seen,
    verdict: verdictOf(seen, { offer, ...(presented !== undefined && { presented }) }, now()),
  });
  let addresses: readonly string[];
  try {
    addresses = await addressesOf(target);
  } catch (error) {
    return [judged({ end: 'no connection', stage: 'connecting', network: codeOf(error) })];
  }
  const attempts: Attempted[] = [];
  for (const address of addresses) {
    const seen = await shakeHands({
      address,
      port: target.port,
      offer,
      context: secureContext(offer, keyPair),
      judge: (chain, exchange) => refusalOf(chain, demands, exchange, now()),
      timeoutMs,
    });
    attempts.push(judged(seen));
  }
  return attempts;
}

function nameOf({ host, port }: Target): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
}

/** OpenSSL’s words never hold key material, but they are not for people either. */
function obstacleOf(error: unknown): string {
  if (error instanceof Error && !('code' in error)) return error.message;
  return `the TLS library of this Node takes none of it (${codeOf(error)})`;
}
