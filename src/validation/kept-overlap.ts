import { anchorsOfChain, keyPairOf, trustBundleOf } from '../certificates';
import { type Diagnostic, diagnostic } from '../diagnostics/diagnostic';
import { type AnyDefinition, type Definition, keyOf, subjectOf } from '../model/definition';
import type { Acceptance, LastGood } from './accept';
import { keepsServing } from './consequence';

/** A certificate that was accepted by a bundle of the other side when both were published: keys (`keyOf`) of their Secrets. */
export interface ServedEdge {
  readonly certificate: string;
  /** Those that make up the bundle: one, or all that a `ca_secret` lists; its revocation list among them. */
  readonly bundle: readonly string[];
}

interface Versions {
  readonly served: Definition<'Secret'>;
  readonly next: Definition<'Secret'>;
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
  return held.size === 0 ? acceptance : withHeld(acceptance, versions, held, since, at);
}

function withHeld(
  acceptance: Acceptance,
  versions: ReadonlyMap<string, Versions>,
  held: ReadonlyMap<string, string>,
  since: ReadonlyMap<string, Date>,
  at: Date,
): Acceptance {
  const lastGood = new Map(acceptance.lastGood);
  const keptSince = new Map(acceptance.keptSince);
  const diagnostics: Diagnostic[] = [];
  const replaced = new Map<AnyDefinition, AnyDefinition>();
  for (const [key, why] of held) {
    const both = versions.get(key);
    if (both === undefined) continue;
    const first = since.get(key) ?? at;
    replaced.set(both.next, both.served);
    lastGood.set(key, both.served);
    keptSince.set(key, first);
    const details = {
      message: `${key} is held back: ${why}`,
      subject: subjectOf(both.next),
      location: both.next.at([]),
    };
    diagnostics.push({ ...diagnostic('CS6005', details), consequence: keepsServing(first) });
  }
  return {
    ...acceptance,
    definitions: acceptance.definitions.map((definition) => replaced.get(definition) ?? definition),
    diagnostics: [...acceptance.diagnostics, ...diagnostics],
    lastGood,
    keptSince,
  };
}

/** Of each Secret that was served before and is still there. */
function versionsOf({ definitions }: Acceptance, previous: LastGood): ReadonlyMap<string, Versions> {
  return new Map(
    definitions.flatMap((next): (readonly [string, Versions])[] => {
      if (next.kind !== 'Secret') return [];
      const key = keyOf(subjectOf(next));
      const served = previous.get(key);
      return served?.kind === 'Secret' ? [[key, { served, next }]] : [];
    }),
  );
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
