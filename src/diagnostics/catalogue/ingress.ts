import type { CatalogueEntry } from './entry';

/** CS1030–CS1039 and CS5060–CS5069: Ingresses, annotations, and what is not read at all. */
export const ingressCodes = {
  CS5060: {
    title: 'path_separated is contradictory',
    severity: 'error',
    explanation:
      'A path-separated prefix (Envoy’s `path_separated_prefix`) is a path without its last `/`, and what is left of the path begins with one: a rewrite that ends in `/` would double it.',
    fix: 'leave the last / out of `prefix`, `rewrite` and `prefix_redirect`, and prefix_exact and prefix_regex out altogether',
  },
} as const satisfies Record<string, CatalogueEntry>;
