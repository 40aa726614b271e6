import { diagnostic } from '../../diagnostics/diagnostic';
import { subjectOf } from '../../model/definition';
import type { DefinitionRule } from '../rule';

const PATHS = ['path_redirect', 'prefix_redirect', 'regex_redirect'] as const;

/**
 * CS5010: a Mapping redirects in one way or not at all. Of several paths the first counts, as in Ambassador; without `host_redirect` it
 * would forward requests that somebody meant to redirect.
 */
export const redirectRule: DefinitionRule = (definition) => {
  if (definition.kind !== 'Mapping') return [];
  const { spec } = definition;
  if (PATHS.every((field) => spec[field] === undefined)) return [];
  const [first, ...others] = PATHS.filter((field) => spec[field] !== undefined);
  if (first === undefined) return [];
  const finding = (field: string, details: { message: string; fix?: string; severity?: 'warning' }) =>
    diagnostic('CS5010', {
      ...details,
      subject: subjectOf(definition),
      location: definition.at(['spec', field], 'key'),
    });
  const [second] = others;
  const ambiguous =
    second === undefined
      ? []
      : [finding(second, { message: `${second} has no effect beside ${first}`, severity: 'warning' })];
  if (spec.host_redirect === true || spec.shadow === true) return ambiguous;
  const message = `${first} has no effect without host_redirect: true`;
  return [...ambiguous, finding(first, { message, fix: 'add `host_redirect: true`' })];
};
