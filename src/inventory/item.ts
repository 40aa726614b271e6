import type { Certificate, KeyPair, Revocation, TrustBundle } from '../certificates';
import type { Origin } from '../ir/origin';
import type { Use } from './use';

interface Common {
  /** `<namespace>/<name>` of the Secret; of those that make up a bundle, joined by `+`. */
  readonly name: string;
  /** The Secret’s definition. */
  readonly origins: readonly Origin[];
  /** Empty: nothing uses it. */
  readonly uses: readonly Use[];
}

/** A certificate chain that is presented to peers. */
export interface CertificateItem extends Common {
  readonly kind: 'certificate';
  readonly keyPair: KeyPair;
}

/** CAs that peers are verified against. */
export interface CaItem extends Common {
  readonly kind: 'ca';
  readonly bundle: TrustBundle;
}

/** Revocation lists. */
export interface CrlItem extends Common {
  readonly kind: 'crl';
  readonly revocation: Revocation;
}

/** Something that ends: what a Secret holds for one purpose. */
export type Item = CertificateItem | CaItem | CrlItem;

/** The certificates of an item, leaf first; none of revocation lists. */
export function certificatesOf(item: Item): readonly Certificate[] {
  switch (item.kind) {
    case 'certificate':
      return item.keyPair.certificates;
    case 'ca':
      return item.bundle.certificates;
    case 'crl':
      return [];
  }
}
