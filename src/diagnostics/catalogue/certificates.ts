import type { CatalogueEntry } from './entry';

export const certificateCodes = {} as const satisfies Record<string, CatalogueEntry>;
