import { type Diagnostic, diagnostic } from '../../diagnostics/diagnostic';
import { type AnyDefinition, type Definition, subjectOf } from '../../model/definition';
import type { Path } from '../../model/document';
import type { DefinitionRule } from '../rule';

/** What an AuthService is told by HTTP only. */
const HTTP_ONLY = [
  'path_prefix',
  'allowed_request_headers',
  'allowed_authorization_headers',
  'add_auth_headers',
  'add_linkerd_headers',
] as const;

type TracingConfig = NonNullable<Definition<'TracingService'>['spec']['config']>;

/** The drivers that a setting of the tracer means something to. */
const TRACERS: Readonly<Record<keyof TracingConfig, readonly string[]>> = {
  collector_endpoint: ['zipkin'],
  collector_endpoint_version: ['zipkin'],
  collector_hostname: ['zipkin', 'datadog'],
  trace_id_128bit: ['zipkin'],
  shared_span_context: ['zipkin'],
  service_name: ['datadog', 'opentelemetry'],
};

/** CS5056, CS5057: the settings of an AuthService, LogService or TracingService belong to its `proto` or `driver`. */
export const serviceSettingsRule: DefinitionRule = (definition) => {
  switch (definition.kind) {
    case 'AuthService':
      return authService(definition);
    case 'LogService':
      return logService(definition);
    case 'TracingService':
      return tracingService(definition);
    default:
      return [];
  }
};

function authService(service: Definition<'AuthService'>): readonly Diagnostic[] {
  const { spec } = service;
  const grpc = spec.proto === 'grpc';
  const fields = grpc ? HTTP_ONLY : (['protocol_version'] as const);
  return fields
    .filter((field) => spec[field] !== undefined)
    .map((field) => inapplicable(service, [field], `proto: ${grpc ? 'grpc' : 'http'}`));
}

function logService(service: Definition<'LogService'>): readonly Diagnostic[] {
  const { driver, driver_config, grpc } = service.spec;
  if (grpc === false) {
    const message = 'access logs are sent by gRPC only';
    const location = service.at(['spec', 'grpc']);
    return [diagnostic('CS5057', { message, subject: subjectOf(service), location })];
  }
  if (driver !== 'tcp' || driver_config?.additional_log_headers === undefined) return [];
  return [inapplicable(service, ['driver_config', 'additional_log_headers'], 'driver: tcp')];
}

function tracingService(service: Definition<'TracingService'>): readonly Diagnostic[] {
  const { driver, config = {}, custom_tags, tag_headers } = service.spec;
  const found = (Object.keys(config) as (keyof TracingConfig)[])
    .filter((field) => !TRACERS[field].includes(driver))
    .map((field) => inapplicable(service, ['config', field], `driver: ${driver}`));
  if (custom_tags === undefined || tag_headers === undefined) return found;
  return [...found, inapplicable(service, ['tag_headers'], 'custom_tags')];
}

function inapplicable(service: AnyDefinition, field: Path, choice: string): Diagnostic {
  const message = `${field.join('.')} has no effect with ${choice}`;
  const location = service.at(['spec', ...field], 'key');
  return diagnostic('CS5056', { message, subject: subjectOf(service), location });
}
