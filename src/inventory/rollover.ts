import { anchorsOfChain, type Certificate, type TrustBundle } from '../certificates';
import { type Edge, edgesOf } from './edge';
import type { CaItem, CertificateItem, Item } from './item';

/** What is to change in one Secret. */
export interface Change {
  readonly item: CaItem | CertificateItem;
  /** Whether the configuration has it already. */
  readonly done: boolean;
}

/** One step of a CA roll-over. Steps are safe in their order only. */
export interface Step {
  readonly name: 'add' | 'reissue' | 'remove';
  readonly changes: readonly Change[];
  /** What it would break if it were done now, all of it at once. */
  readonly breaksNow: readonly Edge[];
}

/** How to get from the CAs of one bundle to those of another without a refused handshake. */
export interface RolloverPlan {
  /** CAs to be retired: those of OLD that are not in NEW. */
  readonly from: readonly Certificate[];
  /** CAs to be trusted: those of NEW that are not in OLD. */
  readonly to: readonly Certificate[];
  /** Add the new CAs to every bundle, reissue every leaf, remove the old CAs, in this order. */
  readonly steps: readonly [Step, Step, Step];
  /** Bundles whose peers are, or may be, outside of this configuration: their certificates must be reissued too before the last step. */
  readonly outside: readonly CaItem[];
  /** Certificates of the old CAs that are shown to peers whose bundles are not in this configuration: those must trust NEW before the second step. */
  readonly shownOutside: readonly CertificateItem[];
}

/** Plans the roll-over from the CAs of one bundle to those of another, as seen from what is configured now. */
export function planRollover(all: readonly Item[], old: TrustBundle, next: TrustBundle): RolloverPlan {
  const items = all.filter(({ uses }) => uses.length > 0);
  const [from, to] = [without(old, next), without(next, old)];
  const bundles = items
    .filter((item) => item.kind === 'ca')
    .filter(({ bundle }) => holdsAny(bundle, from) || holdsAny(bundle, to));
  const leaves = items
    .filter((item) => item.kind === 'certificate')
    .filter(({ keyPair }) => leadsToAny(keyPair, old, from) || leadsToAny(keyPair, next, to));
  const edges = edgesOf(items);
  const steps = [
    { name: 'add', changes: bundles.map((item) => ({ item, done: holdsAll(item.bundle, to) })), breaksNow: [] },
    {
      name: 'reissue',
      changes: leaves.map((item) => ({ item, done: !leadsToAny(item.keyPair, old, from) })),
      breaksNow: edges.filter(
        ({ certificate, bundle }) => leadsToAny(certificate.keyPair, old, from) && !holdsAll(bundle.bundle, to),
      ),
    },
    {
      name: 'remove',
      changes: bundles.map((item) => ({ item, done: !holdsAny(item.bundle, from) })),
      breaksNow: edges.filter((edge) => rests(edge, from)),
    },
  ] as const;
  return {
    from,
    to,
    steps,
    outside: bundles.filter((item) => !edges.some(({ bundle }) => bundle === item)),
    shownOutside: leaves.filter((item) => !edges.some(({ certificate }) => certificate === item)),
  };
}

/** Whether the bundle would refuse the certificate if it lost these CAs. */
function rests({ certificate, bundle }: Edge, lost: readonly Certificate[]): boolean {
  return anchorsOfChain(certificate.keyPair, bundle.bundle).every((anchor) => includes(lost, anchor));
}

function leadsToAny(keyPair: CertificateItem['keyPair'], bundle: TrustBundle, cas: readonly Certificate[]): boolean {
  return anchorsOfChain(keyPair, bundle).some((anchor) => includes(cas, anchor));
}

function without({ certificates }: TrustBundle, others: TrustBundle): readonly Certificate[] {
  return certificates.filter((certificate) => !includes(others.certificates, certificate));
}

function holdsAny({ certificates }: TrustBundle, cas: readonly Certificate[]): boolean {
  return cas.some((ca) => includes(certificates, ca));
}

function holdsAll({ certificates }: TrustBundle, cas: readonly Certificate[]): boolean {
  return cas.every((ca) => includes(certificates, ca));
}

function includes(certificates: readonly Certificate[], { fingerprint }: Certificate): boolean {
  return certificates.some((other) => other.fingerprint === fingerprint);
}
