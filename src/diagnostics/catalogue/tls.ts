import type { CatalogueEntry } from './entry';

export const tlsCodes = {} as const satisfies Record<string, CatalogueEntry>;
