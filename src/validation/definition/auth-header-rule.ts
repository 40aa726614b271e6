import { type Diagnostic, diagnostic } from '../../diagnostics/diagnostic';
import { subjectOf } from '../../model/definition';
import type { DefinitionRule } from '../rule';
import { addedHeaderProblem } from './added-header';

/** CS5007: the headers that an AuthService is told beside those of the request are ones that Envoy adds. */
export const authHeaderRule: DefinitionRule = (definition) => {
  if (definition.kind !== 'AuthService') return [];
  return Object.entries(definition.spec.add_auth_headers ?? {}).flatMap(([name, value]): Diagnostic[] => {
    const problem = addedHeaderProblem(name, value);
    if (problem === undefined) return [];
    const location = definition.at(['spec', 'add_auth_headers', name]);
    return [
      diagnostic('CS5007', { message: `header "${name}": ${problem}`, subject: subjectOf(definition), location }),
    ];
  });
};
