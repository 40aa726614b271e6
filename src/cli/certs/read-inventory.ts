import { keyPairOf, revocationOf, trustBundleOf } from '../../certificates';
import { type Compilation, type CompileOptions, compile } from '../../compile';
import type { Diagnostic } from '../../diagnostics/diagnostic';
import { inventoryOf, type Item } from '../../inventory';
import { originOf } from '../../ir/origin';
import { decode } from '../../model/decode';
import { type AnyDefinition, type Definition, keyOf, subjectOf } from '../../model/definition';
import type { Document } from '../../model/document';

/** What is wrong with dates alone: expired, not valid yet, a stale revocation list. */
const OF_DATES: ReadonlySet<string> = new Set(['CS2011', 'CS2012', 'CS2024']);

/** A second definition of one name: the first counts, and is judged by what else is said of it. */
const DUPLICATE = 'CS1026';

/** What a configuration holds, what of it is used or not, and what could not be taken in. */
export interface ConfiguredInventory {
  /** Sorted by name and kind; what only its dates are wrong with is among them. */
  readonly items: readonly Item[];
  /** Errors of Secrets that are not among them. */
  readonly unusable: readonly Diagnostic[];
  readonly compilation: Compilation;
}

/**
 * Compiles the documents and gathers their certificates. A Secret that has expired is treated as a running control plane treats it,
 * which goes on serving it: who uses it is what one wants to know then.
 */
export function readInventory(documents: readonly Document[], options: CompileOptions): ConfiguredInventory {
  const judged = compile(documents, options);
  const faults = [...judged.unread, ...judged.diagnostics].filter(
    ({ code, severity, subject }) => severity === 'error' && subject?.kind === 'Secret' && code !== DUPLICATE,
  );
  const broken = new Set(
    faults.flatMap(({ code, subject }) => (subject && !OF_DATES.has(code) ? [keyOf(subject)] : [])),
  );
  const lapsed = new Set(
    faults.flatMap(({ subject }) => (subject && !broken.has(keyOf(subject)) ? [keyOf(subject)] : [])),
  );
  const compilation = lapsed.size === 0 ? judged : compile(documents, options, stillServing(judged, documents, lapsed));
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

function stillServing(judged: Compilation, documents: readonly Document[], lapsed: ReadonlySet<string>): Compilation {
  const served = documents.flatMap((document): (readonly [string, AnyDefinition])[] => {
    const { definition } = decode(document);
    if (definition === undefined) return [];
    const key = keyOf(subjectOf(definition));
    return lapsed.has(key) ? [[key, definition]] : [];
  });
  return { ...judged, lastGood: new Map([...judged.lastGood, ...served]) };
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
