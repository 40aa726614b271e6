import type { CatalogueEntry } from './catalogue/entry';
import { certificateCodes } from './catalogue/certificates';
import { consulCodes } from './catalogue/consul';
import { documentCodes } from './catalogue/documents';
import { istioCodes } from './catalogue/istio';
import { mappingCodes } from './catalogue/mapping';
import { referenceCodes } from './catalogue/references';
import { routingCodes } from './catalogue/routing';
import { servingCodes } from './catalogue/serving';
import { tlsCodes } from './catalogue/tls';
import { workloadIdentityCodes } from './catalogue/workload-identity';

export type { CatalogueEntry } from './catalogue/entry';

/** Every diagnostic code, stable and never reused. CS1 documents, CS2 certificates, CS3 references, CS4 TLS policy, CS5 routing, CS6 serving, CS7 meshes. */
export const CATALOGUE = {
  ...documentCodes,
  ...certificateCodes,
  ...referenceCodes,
  ...tlsCodes,
  ...routingCodes,
  ...mappingCodes,
  ...servingCodes,
  ...consulCodes,
  ...istioCodes,
  ...workloadIdentityCodes,
} as const;

export type Code = keyof typeof CATALOGUE;

export function catalogueEntry(code: Code): CatalogueEntry {
  return CATALOGUE[code];
}
