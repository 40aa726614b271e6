import type { Definition } from '../model/definition';
import type { Definitions } from '../model/definitions';

/** What the name of a TLSContext stands for, seen from one namespace. */
export type ResolvedTlsContext =
  | { readonly type: 'found'; readonly context: Definition<'TLSContext'>; readonly crossNamespace: boolean }
  | { readonly type: 'ambiguous'; readonly candidates: readonly Definition<'TLSContext'>[] }
  | { readonly type: 'missing' };

/**
 * Finds a TLSContext by name. Ambassador's names are global and the first one read wins; here the namespace of the
 * definition that names it comes first, then the only one of that name anywhere, and several are an error.
 */
export function resolveTlsContext(definitions: Definitions, name: string, namespace: string): ResolvedTlsContext {
  const own = definitions.find('TLSContext', namespace, name);
  if (own !== undefined) return { type: 'found', context: own, crossNamespace: false };
  const candidates = definitions.of('TLSContext').filter((context) => context.metadata.name === name);
  const [only, ...others] = candidates;
  if (only === undefined) return { type: 'missing' };
  if (others.length > 0) return { type: 'ambiguous', candidates };
  return { type: 'found', context: only, crossNamespace: true };
}
