import { diagnostic } from '../../diagnostics/diagnostic';
import { subjectOf } from '../../model/definition';
import type { DefinitionRule } from '../rule';

const PATHS = ['path_redirect', 'prefix_redirect', 'regex_redirect'] as const;

/** CS5010: a Mapping redirects in one way or not at all. */
export const redirectRule: DefinitionRule = (definition) => {
  if (definition.kind !== 'Mapping') return [];
  const { spec } = definition;
  const subject = subjectOf(definition);
  const given = PATHS.filter((field) => spec[field] !== undefined);
  const [first, second] = given;
  if (first !== undefined && second !== undefined)
    return [
      diagnostic('CS5010', {
        message: `${first} and ${second} exclude each other`,
        subject,
        location: definition.at(['spec', second], 'key'),
      }),
    ];
  if (first !== undefined && spec.host_redirect !== true) {
    const message = `${first} has no effect without host_redirect: true`;
    return [
      diagnostic('CS5010', {
        message,
        subject,
        location: definition.at(['spec', first], 'key'),
        fix: 'add `host_redirect: true`',
      }),
    ];
  }
  return [];
};
