import type { CatalogueEntry } from './entry';

/** CS703x: the certificate files of an istio-agent. */
export const istioCodes = {
  CS7030: {
    title: 'certificate file of Istio is wanting',
    severity: 'error',
    explanation:
      '`--istio-certs` names a folder in which istio-agent writes key.pem, cert-chain.pem and root-cert.pem, and one of them is not there. Without root-cert.pem nobody could verify the upstream, so it is needed too. What was there before stays in service.',
    fix: 'see whether OUTPUT_CERTS of the istio-agent names the folder, and whether the control plane may read it',
  },
  CS7031: {
    title: 'certificate files of Istio do not fit each other',
    severity: 'error',
    explanation:
      'Key and certificate chain are of different renewals, or one of the files holds something else. A pair that does not fit is never published; what did fit before stays in service.',
    fix: 'see the log of the istio-agent; it writes all three files at each renewal',
  },
  CS7032: {
    title: 'istio-certs is not read',
    severity: 'error',
    explanation:
      'Ambassador makes the Secret `istio-certs` from the files of an istio-agent, in its own namespace. Here, too, where the folder is named.',
    fix: 'name the folder with --istio-certs DIR or AMBASSADOR_ISTIO_SECRET_DIR, and define the TLSContext in the install namespace',
  },
  CS7033: {
    title: 'Secret that the files of Istio replace',
    severity: 'info',
    explanation:
      'A Secret of the name `istio-certs` is defined, and the folder of `--istio-certs` is read too. The files win, as in Ambassador.',
    fix: 'remove the Secret, or rename it',
  },
} as const satisfies Record<string, CatalogueEntry>;
