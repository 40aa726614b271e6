import { KIND_MODELS } from '../kinds';
import type { KindModel } from '../kinds/kind-model';

/** Group of the kinds that the API server must be taught. */
export const GROUP = 'getambassador.io';

/** Ambassador's kinds by name. */
export const CUSTOM_KINDS: Readonly<Record<string, KindModel>> = Object.fromEntries(
  Object.entries(KIND_MODELS).filter(([, { group }]) => group === GROUP),
);

/** Plural of a kind in lower case, as Emissary has it: `tlscontexts`. */
export function pluralOf(kind: string): string {
  const word = kind.toLowerCase();
  return word.endsWith('s') ? `${word}es` : `${word}s`;
}
