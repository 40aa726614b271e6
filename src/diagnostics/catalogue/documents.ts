import type { CatalogueEntry } from './entry';

export const documentCodes = {} as const satisfies Record<string, CatalogueEntry>;
