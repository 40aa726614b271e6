import type { CatalogueEntry } from './entry';

export const referenceCodes = {} as const satisfies Record<string, CatalogueEntry>;
