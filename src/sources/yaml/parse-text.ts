import { YAMLException, loadAll } from 'js-yaml';
import type { Code } from '../../diagnostics/catalogue';
import type { Path } from '../../model/document';
import { measureExpansion } from './expansion';
import { mayHoldSecret } from './excerpt';
import { LIMITS } from './limits';
import { syntaxHint } from './syntax-hint';

/** Why a text is not read. `offset` is where, if that is known. */
export interface Refusal {
  readonly code: Code;
  readonly message: string;
  readonly offset: number | undefined;
  readonly fix?: string;
  /** Where it is instead, if the text could be parsed: a key of one of its documents. */
  readonly key?: Path;
  readonly document?: number;
}

export type Parsed =
  | { readonly type: 'values'; readonly values: readonly unknown[] }
  | { readonly type: 'refused'; readonly refusal: Refusal };

/** Parses YAML 1.2 (core schema) or JSON. Bounded in depth, aliases and expansion; never throws for what users write. */
export function parseText(text: string): Parsed {
  let values: readonly unknown[];
  try {
    values = loadAll(text, { maxDepth: LIMITS.depth, maxAliases: LIMITS.aliases });
  } catch (error) {
    return { type: 'refused', refusal: refusalOf(error, text) };
  }
  const refusal =
    (text.includes('*') ? expansionRefusal(values) : undefined) ??
    (text.includes('<<') ? mergeRefusal(values) : undefined);
  return refusal === undefined ? { type: 'values', values } : { type: 'refused', refusal };
}

function refusalOf(error: unknown, text: string): Refusal {
  if (!(error instanceof YAMLException))
    return { code: 'CS1004', message: 'the document cannot be parsed', offset: undefined };
  const reason = mayHoldSecret(text) ? error.reason.replace(/["'<`].*$/s, '').trimEnd() : error.reason;
  const offset = error.mark?.position;
  if (reason.includes('maxDepth'))
    return { code: 'CS1005', message: `lists and mappings are nested more than ${LIMITS.depth} deep`, offset };
  if (reason.includes('maxAliases'))
    return { code: 'CS1006', message: `the document has more than ${LIMITS.aliases} aliases`, offset };
  if (reason.includes('duplicated mapping key'))
    return { code: 'CS1007', message: 'the key occurs twice in its mapping', offset };
  const hint = syntaxHint(reason, offset, text);
  return { code: 'CS1004', message: reason, offset, ...hint };
}

function expansionRefusal(values: readonly unknown[]): Refusal | undefined {
  for (const [document, value] of values.entries()) {
    const { written, expanded, depth } = measureExpansion(value);
    const refused = (message: string): Refusal => ({ code: 'CS1006', message, offset: undefined, key: [], document });
    if (depth === Number.POSITIVE_INFINITY) return refused('an alias refers to itself');
    if (depth > LIMITS.depth) return refused(`the aliases nest lists and mappings more than ${LIMITS.depth} deep`);
    if (expanded - written > LIMITS.expandedValues)
      return refused(`the aliases expand to more than ${LIMITS.expandedValues} values`);
  }
  return undefined;
}

function mergeRefusal(values: readonly unknown[]): Refusal | undefined {
  for (const [document, value] of values.entries()) {
    const key = findMergeKey(value, []);
    if (key !== undefined)
      return { code: 'CS1008', message: 'the merge key << is not part of YAML 1.2', offset: undefined, key, document };
  }
  return undefined;
}

function findMergeKey(value: unknown, path: Path): Path | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const isList = Array.isArray(value);
  if (!isList && Object.hasOwn(value, '<<')) return [...path, '<<'];
  for (const [key, item] of Object.entries(value)) {
    const found = findMergeKey(item, [...path, isList ? Number(key) : key]);
    if (found !== undefined) return found;
  }
  return undefined;
}
