import { diagnostic } from '../../diagnostics/diagnostic';
import { subjectOf } from '../../model/definition';
import { parseService } from '../../resolution/service-reference';
import type { DefinitionRule } from '../rule';

/** CS5001, CS5012: a Mapping’s `service` can be read. */
export const serviceRule: DefinitionRule = (definition) => {
  if (definition.kind !== 'Mapping') return [];
  // The model leaves an empty one where a rejected Mapping has none; it has said so.
  if (definition.spec.service === '') return [];
  const parsed = parseService(definition.spec.service);
  const subject = subjectOf(definition);
  if (!parsed.ok) {
    const location = definition.at(['spec', 'service']);
    return [diagnostic('CS5001', { message: `service is malformed: ${parsed.problem}`, subject, location })];
  }
  const { ignoredPath } = parsed.service;
  if (ignoredPath === undefined) return [];
  const location = definition.at(['spec', 'service']);
  return [diagnostic('CS5012', { message: `the path "${ignoredPath}" of the service is ignored`, subject, location })];
};
