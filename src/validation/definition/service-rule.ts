import { diagnostic } from '../../diagnostics/diagnostic';
import { subjectOf } from '../../model/definition';
import { isUpstreamOwner, upstreamReferenceOf } from '../../resolution/upstream-reference';
import type { DefinitionRule } from '../rule';

/** CS5001, CS5012: the service that a definition names can be read. */
export const serviceRule: DefinitionRule = (definition) => {
  if (!isUpstreamOwner(definition)) return [];
  const { service, parsed, servicePath } = upstreamReferenceOf(definition);
  // The model leaves an empty one where a rejected definition has none; it has said so.
  if (service === '') return [];
  if (parsed.ok && parsed.service.ignoredPath === undefined) return [];
  const subject = subjectOf(definition);
  if (!parsed.ok) {
    const location = definition.at(servicePath);
    return [diagnostic('CS5001', { message: `service is malformed: ${parsed.problem}`, subject, location })];
  }
  const { ignoredPath } = parsed.service;
  const location = definition.at(servicePath);
  return [diagnostic('CS5012', { message: `the path "${ignoredPath}" of the service is ignored`, subject, location })];
};
