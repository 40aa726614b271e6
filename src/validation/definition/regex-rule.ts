import { RE2JS } from 're2js';
import { diagnostic } from '../../diagnostics/diagnostic';
import { type AnyDefinition, subjectOf } from '../../model/definition';
import type { Path } from '../../model/document';
import { KIND_MODELS } from '../../model/kinds';
import { mappingHostRegex } from '../../resolution/attachment';
import type { DefinitionFinding, DefinitionRule } from '../rule';
import { foreignEscape } from './regex-escapes';

/** So that one expression cannot stall the control plane while it is judged. */
const MAX_LENGTH = 2_000;
/** In RE2’s instructions. The bootstraps set Envoy’s own limit far higher, since Envoy counts bytes where this counts characters. */
const MAX_PROGRAM_SIZE = 1_000;

/** CS5002: every regular expression compiles as RE2, which is what Envoy’s `safe_regex` uses. */
export const regexRule: DefinitionRule = (definition) => {
  const expressions = expressionsOf(definition);
  if (expressions.length === 0) return [];
  return expressions.flatMap(([path, expression]): DefinitionFinding[] => {
    const problem = compileProblem(expression);
    if (problem === undefined) return [];
    const message = `regular expression is invalid: ${problem}`;
    const finding = diagnostic('CS5002', { message, subject: subjectOf(definition), location: definition.at(path) });
    const deciding: readonly string[] = KIND_MODELS[definition.kind].deciding ?? [];
    return [{ ...finding, unmatchable: deciding.includes(String(path[1])) }];
  });
};

const MATCHERS = ['regex_headers', 'regex_query_parameters'] as const;
const REWRITES = ['regex_rewrite', 'regex_redirect'] as const;

export function expressionsOf(definition: AnyDefinition): readonly (readonly [Path, string])[] {
  switch (definition.kind) {
    case 'Mapping': {
      const { spec } = definition;
      const hostRegex = mappingHostRegex(spec);
      const found: (readonly [Path, string])[] = [];
      if (spec.prefix_regex === true) found.push([['spec', 'prefix'], spec.prefix]);
      if (spec.method_regex === true && spec.method !== undefined) found.push([['spec', 'method'], spec.method]);
      if (hostRegex !== undefined) found.push([['spec', 'host'], hostRegex]);
      for (const field of MATCHERS) {
        const values = spec[field];
        if (values === undefined) continue;
        for (const [name, value] of Object.entries(values)) found.push([['spec', field, name], value]);
      }
      for (const field of REWRITES) {
        const pattern = spec[field]?.pattern;
        if (pattern !== undefined) found.push([['spec', field, 'pattern'], pattern]);
      }
      return found;
    }
    case 'TLSContext':
      return sanExpressions(definition.spec.verify?.subject_alt_names, ['spec', 'verify', 'subject_alt_names']);
    case 'Host':
      return sanExpressions(definition.spec.tls?.verify?.subject_alt_names, [
        'spec',
        'tls',
        'verify',
        'subject_alt_names',
      ]);
    default:
      return [];
  }
}

function sanExpressions(
  names: readonly { readonly regex?: string }[] | undefined,
  path: Path,
): readonly (readonly [Path, string])[] {
  return (names ?? []).flatMap(({ regex }, index) =>
    regex === undefined ? [] : [[[...path, index, 'regex'], regex] as const],
  );
}

/** In RE2’s instructions. @throws if the expression does not compile */
export function programSize(expression: string): number {
  return RE2JS.compile(expression).programSize();
}

function compileProblem(expression: string): string | undefined {
  try {
    if (expression.length > MAX_LENGTH) return `it is longer than ${MAX_LENGTH} characters`;
    if (expression === '') return 'it is empty';
    const foreign = foreignEscape(expression);
    if (foreign !== undefined) return `Envoy does not know ${foreign}`;
    const size = programSize(expression);
    return size > MAX_PROGRAM_SIZE
      ? `its program has ${size} instructions; ${MAX_PROGRAM_SIZE} are allowed`
      : undefined;
  } catch (error) {
    return error instanceof Error ? error.message.replace(/^error parsing regexp: /, '') : 'it does not compile';
  }
}
