import type { CatalogueEntry } from './entry';

/** CS1030–CS1039 and CS5060–CS5069: Ingresses, annotations, and what is not read at all. */
export const ingressCodes = {
  CS1030: {
    title: 'Ingress not read',
    severity: 'info',
    explanation:
      'An Ingress is read if it has the annotation `kubernetes.io/ingress.class: ambassador`, or names an IngressClass with the controller `getambassador.io/ingress-controller`; every other one belongs to another controller. A warning where the class is Ambassador’s by its name but not among the definitions, or belongs to another node group.',
    fix: 'nothing to do, unless it was meant to be read: then supply its IngressClass',
  },
  CS1031: {
    title: 'deprecated Ingress class',
    severity: 'info',
    explanation:
      'The annotation is read, as in Ambassador. Kubernetes has replaced it by `spec.ingressClassName` and the IngressClass that it names.',
    fix: 'define an IngressClass with the controller getambassador.io/ingress-controller, and name it in spec.ingressClassName',
  },
  CS1032: {
    title: 'annotation not read here',
    severity: 'warning',
    explanation:
      'Ambassador reads definitions from the annotation `getambassador.io/config` of Services and Ingresses, and passes it over on everything else.',
    fix: 'write the definitions as documents of their own',
  },
  CS1033: {
    title: 'foreign definition in the annotation',
    severity: 'error',
    explanation:
      'The annotation `getambassador.io/config` holds definitions of Ambassador only; a Secret in it would not be guarded as one.',
    fix: 'write it as a document of its own',
  },
  CS1034: {
    title: 'definitions not selected',
    severity: 'info',
    explanation:
      'The operator restricts what is read: to a namespace (`--single-namespace`, `--certs-single-namespace`), by labels or by fields. This says how much is left out.',
    fix: 'nothing to do, unless they were meant to be read: then change the restriction',
  },
  CS1035: {
    title: 'Host of an Ingress gives way',
    severity: 'info',
    explanation:
      'An Ingress has a certificate for a name that a Host of its own serves. The Host counts: it says more than an Ingress can. The paths of the Ingress are served there, if the Host takes them.',
    fix: 'nothing to do, unless the certificate of the Ingress was meant: then remove the Host, or the name from the Ingress',
  },
  CS5060: {
    title: 'path_separated is contradictory',
    severity: 'error',
    explanation:
      'A path-separated prefix (Envoy’s `path_separated_prefix`) is a path without its last `/`, and what is left of the path begins with one: a rewrite that ends in `/` would double it.',
    fix: 'leave the last / out of `prefix`, `rewrite` and `prefix_redirect`, and prefix_exact and prefix_regex out altogether',
  },
} as const satisfies Record<string, CatalogueEntry>;
