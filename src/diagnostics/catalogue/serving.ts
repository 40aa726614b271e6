import type { CatalogueEntry } from './entry';

/** CS6xxx: serving, found while Envoys are connected or about the port that they connect to. */
export const servingCodes = {
  CS6001: {
    title: 'access policy cannot be read',
    severity: 'error',
    explanation:
      'A policy that is only half understood could let in more than was meant, so it is not used at all: the last good one stays, and at the start there is none.',
    fix: 'correct the field; docs/operations.md has an example',
  },
} as const satisfies Record<string, CatalogueEntry>;
