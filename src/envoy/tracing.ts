import type { Tracing, TracingTag } from '../ir/http-services';
import { any, type EnvoyMessages } from '../protos';

type HttpConnectionManager =
  EnvoyMessages['envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager'];
type Message = NonNullable<HttpConnectionManager['tracing']>;

/** Traces for a TracingService (Envoy, "Tracing"). */
export function tracing({ cluster, provider, sampling, tags }: Tracing): Message {
  return {
    client_sampling: { value: sampling.client },
    random_sampling: { value: sampling.random },
    overall_sampling: { value: sampling.overall },
    ...(tags.length > 0 && { custom_tags: tags.map(customTag) }),
    provider: { name: `envoy.tracers.${provider.type}`, typed_config: tracer(provider, cluster) },
  };
}

function tracer(provider: Tracing['provider'], cluster: string) {
  switch (provider.type) {
    case 'zipkin':
      return any('envoy.config.trace.v3.ZipkinConfig', {
        collector_cluster: cluster,
        collector_endpoint: provider.endpoint,
        collector_endpoint_version: provider.format,
        trace_id_128bit: provider.traceId128Bit,
        shared_span_context: { value: provider.sharedSpanContext },
        ...(provider.hostname !== undefined && { collector_hostname: provider.hostname }),
      });
    case 'datadog':
      return any('envoy.config.trace.v3.DatadogConfig', {
        collector_cluster: cluster,
        service_name: provider.serviceName,
        ...(provider.hostname !== undefined && { collector_hostname: provider.hostname }),
      });
    case 'opentelemetry':
      return any('envoy.config.trace.v3.OpenTelemetryConfig', {
        grpc_service: { envoy_grpc: { cluster_name: cluster } },
        service_name: provider.serviceName,
      });
  }
}

function customTag(tag: TracingTag): EnvoyMessages['envoy.type.tracing.v3.CustomTag'] {
  if (tag.type === 'literal') return { tag: tag.tag, literal: { value: tag.value } };
  const source = { name: tag.name, ...(tag.defaultValue !== undefined && { default_value: tag.defaultValue }) };
  return { tag: tag.tag, [tag.type]: source };
}
