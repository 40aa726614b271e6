import { type Compilation, type CompileOptions, compile } from '../compile';
import type { Diagnostic } from '../diagnostics/diagnostic';
import { decode } from '../model/decode';
import { type AnyDefinition, keyOf, subjectOf } from '../model/definition';
import type { Document } from '../model/document';

/** What is wrong with dates alone: expired, not valid yet, a stale revocation list. */
const OF_DATES: ReadonlySet<string> = new Set(['CS2011', 'CS2012', 'CS2024']);

/** A second definition of one name: the first counts, and is judged by what else is said of it. */
const DUPLICATE = 'CS1026';

/** Documents compiled as by a control plane that runs already. */
export interface AsServed {
  readonly compilation: Compilation;
  /** Errors of Secrets, those of dates among them. */
  readonly faults: readonly Diagnostic[];
  /** Keys (`keyOf`) of Secrets with which more is wrong than their dates. */
  readonly broken: ReadonlySet<string>;
}

/**
 * Compiles the documents and treats a Secret that has expired as a running control plane treats it, which goes on serving it: who uses
 * it is what one wants to know then.
 */
export function compileAsServed(documents: readonly Document[], options: CompileOptions): AsServed {
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
  return { compilation, faults, broken };
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
