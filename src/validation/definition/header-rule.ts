import { type Diagnostic, diagnostic } from '../../diagnostics/diagnostic';
import { type AnyDefinition, subjectOf } from '../../model/definition';
import type { Path } from '../../model/document';
import type { Specs } from '../../model/kinds';
import type { DefinitionRule } from '../rule';
import { commandProblem } from './command-operators';

/** In bytes, of a name and of a value (HeaderValue, API reference). */
const MAX_BYTES = 16_384;
/** Whether it would end the header line. */
const BREAKS_LINE = /[\0\r\n]/;

/**
 * CS5007: `Host` and pseudo-headers are neither added nor removed (Envoy refuses to), values use command operators that Envoy
 * knows, and the new authority and path are legal header values.
 */
export const headerRule: DefinitionRule = (definition) => {
  if (definition.kind === 'Module')
    return headerChanges(definition, definition.spec.config?.defaults?.httpmapping ?? {}, MODULE_DEFAULTS);
  if (definition.kind !== 'Mapping') return [];
  const { spec } = definition;
  const found = headerChanges(definition, spec, SPEC);
  for (const field of PATHS) breaksLine(definition, spec[field], [field], found);
  for (const field of REGEX_PATHS) breaksLine(definition, spec[field]?.substitution, [field, 'substitution'], found);
  if (spec.host_rewrite !== undefined && !/^[\x21-\x7e]+$/.test(spec.host_rewrite))
    found.push(finding(definition, ['spec', 'host_rewrite'], 'host_rewrite is no legal value of the Host header'));
  return found;
};

const PATHS = ['rewrite', 'path_redirect', 'prefix_redirect'] as const;
const REGEX_PATHS = ['regex_rewrite', 'regex_redirect'] as const;

function breaksLine(mapping: AnyDefinition, value: string | undefined, path: Path, found: Diagnostic[]): void {
  if (value === undefined || !BREAKS_LINE.test(value)) return;
  found.push(finding(mapping, ['spec', ...path], `${path.join('.')} has a line break or a NUL`));
}

const SPEC = ['spec'] as const;
const MODULE_DEFAULTS = ['spec', 'config', 'defaults', 'httpmapping'] as const;

type Changes = Pick<
  Specs['Mapping'],
  'add_request_headers' | 'add_response_headers' | 'remove_request_headers' | 'remove_response_headers'
>;

const ADDED = ['add_request_headers', 'add_response_headers'] as const;
const REMOVED = ['remove_request_headers', 'remove_response_headers'] as const;

/** What is wrong with the headers added and removed. */
export function headerChanges(definition: AnyDefinition, spec: Changes, at: Path): Diagnostic[] {
  const found: Diagnostic[] = [];
  for (const field of ADDED) {
    const headers = spec[field];
    if (headers === undefined) continue;
    for (const [name, entry] of Object.entries(headers)) {
      const value = typeof entry === 'string' ? entry : entry.value;
      const problem = unchangeable(name)
        ? 'it cannot be added; use host_rewrite for the authority'
        : Math.max(name.length, Buffer.byteLength(value)) > MAX_BYTES
          ? `it is longer than ${MAX_BYTES} bytes`
          : commandProblem(value);
      if (problem !== undefined) found.push(finding(definition, [...at, field, name], `header "${name}": ${problem}`));
    }
  }
  for (const field of REMOVED)
    spec[field]?.forEach((name, index) => {
      if (unchangeable(name))
        found.push(finding(definition, [...at, field, index], `header "${name}" cannot be removed`));
    });
  return found;
}

function unchangeable(name: string): boolean {
  return name.startsWith(':') || name.toLowerCase() === 'host';
}

function finding(definition: AnyDefinition, path: Path, message: string): Diagnostic {
  return diagnostic('CS5007', { message, subject: subjectOf(definition), location: definition.at(path) });
}
