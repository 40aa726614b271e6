import { anchorsOfChain } from '../certificates';
import { matchesAnySubjectAltName } from '../simulation';
import type { CaItem, CertificateItem, Item } from './item';

/**
 * A bundle that verifies peers, and a certificate of the same configuration that may be shown to it: those that clusters present meet
 * the bundles of listeners, and those of listeners the bundles of clusters, where they have a name that is asked for there. Which certificate
 * really meets which bundle is decided by addresses that are not known here, so an edge is where they fit; peers outside of the configuration have none.
 */
export interface Edge {
  readonly certificate: CertificateItem;
  readonly bundle: CaItem;
}

/**
 * Every pair of certificate and bundle in which the certificate leads to a CA of the bundle; in the order of the items.
 *
 * @param concerns only pairs of which one is such
 */
export function edgesOf(items: readonly Item[], concerns: (item: Item) => boolean = () => true): readonly Edge[] {
  const bundles = items.filter((item) => item.kind === 'ca');
  return items
    .filter((item) => item.kind === 'certificate')
    .flatMap((certificate) =>
      bundles
        .filter(
          (bundle) =>
            (concerns(certificate) || concerns(bundle)) &&
            mayMeet(certificate, bundle) &&
            anchorsOfChain(certificate.keyPair, bundle.bundle).length > 0,
        )
        .map((bundle) => ({ certificate, bundle })),
    );
}

/** Presented to upstreams and verified by listeners, or the other way round; by a name that the certificate has. */
export function mayMeet(certificate: CertificateItem, bundle: CaItem): boolean {
  const names = certificate.keyPair.certificates[0]?.subjectAltNames ?? [];
  const asked = bundle.uses.filter((checked) => matchesAnySubjectAltName(checked.names ?? [], names));
  return certificate.uses.some((shown) => asked.some((checked) => checked.direction !== shown.direction));
}
