import type { Definition } from '../model/definition';
import type { Tracing, TracingProvider, TracingTag } from './http-services';

type Spec = Definition<'TracingService'>['spec'];

/** What Ambassador calls itself in traces, and where Zipkin takes them. */
const SERVICE_NAME = 'ambassador';
const ZIPKIN_ENDPOINT = '/api/v2/spans';

export function tracing({ spec }: Definition<'TracingService'>, cluster: string): Tracing {
  const { sampling = {} } = spec;
  return {
    cluster,
    provider: provider(spec),
    sampling: { client: sampling.client ?? 100, random: sampling.random ?? 100, overall: sampling.overall ?? 100 },
    tags:
      spec.custom_tags?.map(customTag) ??
      (spec.tag_headers ?? []).map((name): TracingTag => ({ type: 'request_header', tag: name, name })),
  };
}

function provider({ driver, config = {} }: Spec): TracingProvider {
  const serviceName = config.service_name ?? SERVICE_NAME;
  const hostname = config.collector_hostname === undefined ? {} : { hostname: config.collector_hostname };
  switch (driver) {
    case 'zipkin':
      return {
        type: 'zipkin',
        endpoint: config.collector_endpoint ?? ZIPKIN_ENDPOINT,
        format: config.collector_endpoint_version ?? 'HTTP_JSON',
        traceId128Bit: config.trace_id_128bit ?? true,
        sharedSpanContext: config.shared_span_context ?? true,
        ...hostname,
      };
    case 'datadog':
      return { type: 'datadog', serviceName, ...hostname };
    case 'opentelemetry':
      return { type: 'opentelemetry', serviceName };
  }
}

/** The schema wants exactly one of the three. */
function customTag({
  tag,
  literal,
  environment,
  request_header,
}: NonNullable<Spec['custom_tags']>[number]): TracingTag {
  if (literal !== undefined) return { type: 'literal', tag, value: literal.value };
  const source = environment ?? request_header ?? { name: tag };
  return {
    type: environment === undefined ? 'request_header' : 'environment',
    tag,
    name: source.name,
    ...(source.default_value !== undefined && { defaultValue: source.default_value }),
  };
}
