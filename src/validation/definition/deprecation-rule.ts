import { type Diagnostic, diagnostic } from '../../diagnostics/diagnostic';
import { type Definition, subjectOf } from '../../model/definition';
import type { DefinitionRule } from '../rule';

/** CS5023, CS5024: what a Mapping says twice, or in a way that Ambassador has given up. */
export const deprecationRule: DefinitionRule = (definition) => {
  if (definition.kind !== 'Mapping') return [];
  const { shadow, host_redirect, use_websocket } = definition.spec;
  const found: Diagnostic[] = [];
  if (shadow === true && host_redirect === true)
    found.push(finding('CS5023', definition, 'host_redirect', 'host_redirect has no effect on a shadow'));
  if (use_websocket === true)
    found.push(
      finding(
        'CS5024',
        definition,
        'use_websocket',
        'use_websocket is deprecated',
        'write `allow_upgrade: [websocket]`',
      ),
    );
  return found;
};

function finding(
  code: 'CS5023' | 'CS5024',
  mapping: Definition<'Mapping'>,
  field: string,
  message: string,
  fix?: string,
): Diagnostic {
  const location = mapping.at(['spec', field], 'key');
  return diagnostic(code, { message, subject: subjectOf(mapping), location, ...(fix !== undefined && { fix }) });
}
