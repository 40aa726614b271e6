import { type Diagnostic, diagnostic } from '../../diagnostics/diagnostic';
import { subjectOf } from '../../model/definition';
import type { Path } from '../../model/document';
import type { DefinitionRule } from '../rule';
import { headerChanges } from './header-rule';

/** CS5026, CS5007: a health check asks in one way, which the upstream understands, with headers that Envoy sends. */
export const healthCheckRule: DefinitionRule = (definition) => {
  if (definition.kind !== 'Mapping') return [];
  const { health_checks = [], grpc } = definition.spec;
  return health_checks.flatMap((check, index): readonly Diagnostic[] => {
    const path: Path = ['spec', 'health_checks', index];
    const report = (at: Path, message: string) =>
      diagnostic('CS5026', { message, subject: subjectOf(definition), location: definition.at([...path, ...at]) });
    const { http, grpc: asksGrpc } = check.health_check;
    if ((http === undefined) === (asksGrpc === undefined))
      return [report(['health_check'], 'a health check asks by http or by grpc')];
    if (asksGrpc !== undefined && grpc !== true)
      return [report(['health_check', 'grpc'], 'a health check by gRPC needs an upstream that speaks it')];
    const found = (http?.expected_statuses ?? []).flatMap(({ min, max }, range) =>
      min <= max ? [] : [report(['health_check', 'http', 'expected_statuses', range], `${min} is above ${max}`)],
    );
    return [...found, ...headerChanges(definition, http ?? {}, [...path, 'health_check', 'http'])];
  });
};
