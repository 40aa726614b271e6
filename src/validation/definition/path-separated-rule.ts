import { diagnostic } from '../../diagnostics/diagnostic';
import { type Definition, subjectOf } from '../../model/definition';
import type { DefinitionFinding, DefinitionRule } from '../rule';

/** What Envoy takes for a path-separated prefix (RouteMatch, API reference). */
const SEPARATED = /^[^?#]+[^?#/]$/;

/** CS5060: a path-separated prefix is one that Envoy takes, and its rewrite makes no double slash. */
export const pathSeparatedRule: DefinitionRule = (definition): readonly DefinitionFinding[] => {
  if (definition.kind !== 'Mapping' || definition.spec.path_separated !== true) return [];
  const { prefix, prefix_exact, prefix_regex, rewrite, prefix_redirect } = definition.spec;
  const found: DefinitionFinding[] = [];
  if (prefix_exact === true) found.push(finding(definition, 'prefix_exact', 'prefix_exact excludes path_separated'));
  else if (prefix_regex === true)
    found.push(finding(definition, 'prefix_regex', 'prefix_regex excludes path_separated'));
  else if (!SEPARATED.test(prefix)) {
    const message = `"${prefix}" is no path-separated prefix: it needs two characters, has no ? or #, and does not end in /`;
    found.push({ ...finding(definition, 'prefix', message), unmatchable: true });
  }
  for (const [field, value] of [
    ['rewrite', rewrite],
    ['prefix_redirect', prefix_redirect],
  ] as const)
    if (value?.endsWith('/') === true)
      found.push(finding(definition, field, `${field} ends in /, so that /a/b would become ${value}/b`));
  return found;
};

function finding(mapping: Definition<'Mapping'>, field: string, message: string): DefinitionFinding {
  return diagnostic('CS5060', { message, subject: subjectOf(mapping), location: mapping.at(['spec', field]) });
}
