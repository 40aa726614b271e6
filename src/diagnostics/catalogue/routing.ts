import type { CatalogueEntry } from './entry';

export const routingCodes = {} as const satisfies Record<string, CatalogueEntry>;
