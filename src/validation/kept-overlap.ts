import { anchorsOfChain, keyPairOf, trustBundleOf } from '../certificates';
import type { Definition } from '../model/definition';
import type { Acceptance, LastGood } from './accept';
import { type Versions, versionsOf, withHeld } from './held-secrets';

/** A certificate that was accepted by a bundle of the other side when both were published: keys (`keyOf`) of their Secrets. */
export interface ServedEdge {
  readonly certificate: string;
  /** Those that make up the bundle: one, or all that a `ca_secret` lists; its revocation list among them. */
  readonly bundle: readonly string[];
}

/**
 * Holds back Secrets that would end a trust that is in use: a bundle that no longer knows the issuer of a certificate that is served,
 * and a certificate whose issuer the bundle does not know yet. So a CA can be rolled over only with an overlap: add, reissue, remove.
 * What is held back goes on being held against the newest state, and passes as soon as it breaks nothing.
 *
 * @param edges what held between the versions in `previous`; asked for only if a Secret has changed
 */
export function keepOverlap(
  acceptance: Acceptance,
  previous: LastGood,
  since: ReadonlyMap<string, Date>,
  at: Date,
  edges: (changed: ReadonlySet<string>) => readonly ServedEdge[],
): Acceptance {
  const versions = versionsOf(acceptance, previous);
  const changed = new Set([...versions].filter(([, { served, next }]) => served !== next).map(([key]) => key));
  if (changed.size === 0) return acceptance;
  const held = new Map<string, string>();
  const known = edges(changed);
  for (const { certificate, bundle } of known) {
    const leaf = versions.get(certificate);
    const cas = presentOf(bundle, versions);
    if (
      leaf === undefined ||
      cas.length === 0 ||
      trusts(
        cas.map(([, { next }]) => next),
        leaf.served,
      )
    )
      continue;
    for (const [key, { served }] of cas)
      if (changed.has(key) && !held.has(key) && holdsCaOf(served, leaf.served))
        held.set(key, `it no longer holds the CA of ${certificate}, which is served`);
  }
  for (const { certificate, bundle } of known) {
    const leaf = versions.get(certificate);
    const cas = presentOf(bundle, versions);
    if (leaf === undefined || cas.length === 0 || !changed.has(certificate) || held.has(certificate)) continue;
    const next = cas.map(([key, both]) => (held.has(key) ? both.served : both.next));
    if (!trusts(next, leaf.next))
      held.set(certificate, `its issuer is not in ${bundle.join(' or ')}, which verifies it`);
  }
  return withHeld('CS6005', acceptance, versions, held, since, at);
}

function presentOf(
  bundle: readonly string[],
  versions: ReadonlyMap<string, Versions>,
): readonly (readonly [string, Versions])[] {
  return bundle.flatMap((key): (readonly [string, Versions])[] => {
    const both = versions.get(key);
    return both === undefined || trustBundleOf(both.served.spec.data, 'declared') === undefined ? [] : [[key, both]];
  });
}

/** What is not there at all is somebody else’s finding. */
function trusts(bundle: readonly Definition<'Secret'>[], leaf: Definition<'Secret'>): boolean {
  return (
    keyPairOf(leaf.spec.data) === undefined ||
    bundle.every(({ spec }) => trustBundleOf(spec.data, 'declared') === undefined) ||
    bundle.some((secret) => holdsCaOf(secret, leaf))
  );
}

function holdsCaOf(bundle: Definition<'Secret'>, leaf: Definition<'Secret'>): boolean {
  const [cas, pair] = [trustBundleOf(bundle.spec.data, 'declared'), keyPairOf(leaf.spec.data)];
  return cas !== undefined && pair !== undefined && anchorsOfChain(pair, cas).length > 0;
}
