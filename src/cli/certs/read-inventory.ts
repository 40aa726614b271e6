import { keyPairOf, revocationOf, trustBundleOf } from '../../certificates';
import type { Compilation, CompileOptions } from '../../compile';
import type { Diagnostic } from '../../diagnostics/diagnostic';
import { inventoryOf, type Item } from '../../inventory';
import { originOf } from '../../ir/origin';
import { type Definition, keyOf, subjectOf } from '../../model/definition';
import type { Document } from '../../model/document';
import { compileAsServed } from '../as-served';

/** What a configuration holds, what of it is used or not, and what could not be taken in. */
export interface ConfiguredInventory {
  /** Sorted by name and kind; what only its dates are wrong with is among them. */
  readonly items: readonly Item[];
  /** Errors of Secrets that are not among them. */
  readonly unusable: readonly Diagnostic[];
  readonly compilation: Compilation;
}

/** Compiles the documents as a running control plane would serve them, and gathers their certificates. */
export function readInventory(documents: readonly Document[], options: CompileOptions): ConfiguredInventory {
  const { compilation, faults, broken } = compileAsServed(documents, options);
  const used = inventoryOf([...compilation.groups.values()].map(({ ir }) => ir));
  const names = new Set(used.flatMap(({ origins }) => origins.map((origin) => keyOf(origin))));
  const unused = compilation.definitions
    .of('Secret')
    .filter((secret) => !names.has(keyOf(subjectOf(secret))) && !broken.has(keyOf(subjectOf(secret))))
    .flatMap(itemsOf);
  return {
    items: [...used, ...unused].toSorted((a, b) => (a.name === b.name ? 0 : a.name < b.name ? -1 : 1)),
    unusable: faults.filter(({ subject }) => subject && broken.has(keyOf(subject))),
    compilation,
  };
}

/** What a Secret holds that nothing uses. One with a key is for presenting, one without for verifying. */
function itemsOf(secret: Definition<'Secret'>): readonly Item[] {
  const { data } = secret.spec;
  const { namespace, name } = secret.metadata;
  const common = { name: `${namespace}/${name}`, origins: [originOf(secret)], uses: [] };
  const keyPair = keyPairOf(data);
  if (keyPair !== undefined) return [{ ...common, kind: 'certificate', keyPair }];
  const bundle = trustBundleOf(data, 'declared');
  const revocation = revocationOf(data);
  return [
    ...(bundle === undefined ? [] : [{ ...common, kind: 'ca', bundle } as const]),
    ...(revocation === undefined ? [] : [{ ...common, kind: 'crl', revocation } as const]),
  ];
}
