import { type Diagnostic, diagnostic } from '../../diagnostics/diagnostic';
import { subjectOf } from '../../model/definition';
import type { Path } from '../../model/document';
import type { DefinitionRule } from '../rule';
import { commandProblem } from './command-operators';

/**
 * CS5007: `Host` and pseudo-headers are neither added nor removed (Envoy refuses to), values use command operators that Envoy
 * knows, and the new authority is a legal header value.
 */
export const headerRule: DefinitionRule = (definition) => {
  if (definition.kind !== 'Mapping') return [];
  const { spec } = definition;
  const report = (path: Path, message: string) =>
    diagnostic('CS5007', { message, subject: subjectOf(definition), location: definition.at(path) });
  const unchangeable = (name: string) => name.startsWith(':') || name.toLowerCase() === 'host';
  const found: Diagnostic[] = [];
  for (const field of ['add_request_headers', 'add_response_headers'] as const) {
    for (const [name, entry] of Object.entries(spec[field] ?? {})) {
      const problem = unchangeable(name)
        ? 'it cannot be added; use host_rewrite for the authority'
        : commandProblem(typeof entry === 'string' ? entry : entry.value);
      if (problem !== undefined) found.push(report(['spec', field, name], `header "${name}": ${problem}`));
    }
  }
  for (const field of ['remove_request_headers', 'remove_response_headers'] as const)
    (spec[field] ?? []).forEach((name, index) => {
      if (unchangeable(name)) found.push(report(['spec', field, index], `header "${name}" cannot be removed`));
    });
  if (spec.host_rewrite !== undefined && !/^[\x21-\x7e]+$/.test(spec.host_rewrite))
    found.push(report(['spec', 'host_rewrite'], 'host_rewrite is no legal value of the Host header'));
  return found;
};
