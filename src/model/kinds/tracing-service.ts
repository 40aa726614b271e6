import { type Static, Type } from '@sinclair/typebox';
import { type Immutable, type KindModel, ambassadorId, oneOf, strictObject } from './kind-model';
import { headerName, headerNames, statsName, upstreamTls } from './service-fields';

const percentage = (description: string, envoy: string) =>
  Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 100,
      default: 100,
      description: `${description} In percent.`,
      'x-envoy': envoy,
    }),
  );

const defaultValue = Type.Optional(
  Type.String({
    minLength: 1,
    description: 'What the tag says where there is none; without it there is no tag.',
    'x-envoy': 'default_value',
  }),
);

const customTag = strictObject(
  {
    tag: Type.String({ minLength: 1, description: 'Name of the tag.', 'x-envoy': 'CustomTag.tag' }),
    literal: Type.Optional(
      strictObject(
        {
          value: Type.String({ minLength: 1, description: 'What the tag says.', 'x-envoy': 'CustomTag.Literal.value' }),
        },
        { description: 'The tag always says this.', 'x-envoy': 'CustomTag.literal' },
      ),
    ),
    environment: Type.Optional(
      strictObject(
        {
          name: Type.String({
            minLength: 1,
            description: 'Name of the variable.',
            'x-envoy': 'CustomTag.Environment.name',
          }),
          default_value: defaultValue,
        },
        {
          description: "The tag says what a variable of Envoy's environment holds.",
          'x-envoy': 'CustomTag.environment',
        },
      ),
    ),
    request_header: Type.Optional(
      strictObject(
        { name: headerName('a header name', 'CustomTag.Header.name'), default_value: defaultValue },
        { description: 'The tag says what a header of the request holds.', 'x-envoy': 'CustomTag.request_header' },
      ),
    ),
  },
  { oneOf: ['literal', 'environment', 'request_header'].map((name) => ({ required: [name] })) },
);

const schema = strictObject({
  ambassador_id: Type.Optional(ambassadorId),
  driver: {
    ...oneOf(['zipkin', 'datadog', 'opentelemetry'], 'Which tracer Envoy uses.'),
    'x-envoy': 'HttpConnectionManager.tracing.provider',
  },
  service: Type.String({
    minLength: 1,
    description: 'The collector: `[http://|https://]host[.namespace][:port]`.',
    'x-envoy': 'Cluster.load_assignment',
  }),
  tls: upstreamTls('Addition: Ambassador knows TLS without verification only, by `https://`.'),
  sampling: Type.Optional(
    strictObject(
      {
        client: percentage('Of the requests that ask to be traced (x-client-trace-id).', 'Tracing.client_sampling'),
        random: percentage('Of all other requests.', 'Tracing.random_sampling'),
        overall: percentage('At most, after all else.', 'Tracing.overall_sampling'),
      },
      { description: 'Which requests are traced.', 'x-envoy': 'HttpConnectionManager.tracing' },
    ),
  ),
  tag_headers: headerNames(
    'Deprecated form of `custom_tags`, which win over it: headers of the request.',
    'Tracing.custom_tags',
  ),
  custom_tags: Type.Optional(
    Type.Array(customTag, { description: 'Tags on every span.', 'x-envoy': 'Tracing.custom_tags' }),
  ),
  config: Type.Optional(
    strictObject(
      {
        collector_endpoint: Type.Optional(
          Type.String({
            pattern: '^/[!-~]*$',
            default: '/api/v2/spans',
            description: 'a path: where the collector takes spans. Zipkin only',
            'x-envoy': 'ZipkinConfig.collector_endpoint',
          }),
        ),
        collector_endpoint_version: Type.Optional({
          ...oneOf(['HTTP_JSON', 'HTTP_PROTO'], 'How spans are written. Zipkin only.'),
          default: 'HTTP_JSON',
          'x-envoy': 'ZipkinConfig.collector_endpoint_version',
        }),
        collector_hostname: Type.Optional(
          Type.String({
            pattern: '^[!-~]+$',
            description:
              'a host name: the `Host` that the collector is asked as; default: the name of the cluster. Zipkin and Datadog only',
            'x-envoy': 'ZipkinConfig.collector_hostname, DatadogConfig.collector_hostname',
          }),
        ),
        trace_id_128bit: Type.Optional(
          Type.Boolean({
            default: true,
            description: 'Trace ids of 128 bits rather than 64. Zipkin only.',
            'x-envoy': 'ZipkinConfig.trace_id_128bit',
          }),
        ),
        shared_span_context: Type.Optional(
          Type.Boolean({
            default: true,
            description: 'Client and server spans share one id. Zipkin only.',
            'x-envoy': 'ZipkinConfig.shared_span_context',
          }),
        ),
        service_name: Type.Optional(
          Type.String({
            minLength: 1,
            default: 'ambassador',
            description: 'What the traces call this gateway. Datadog and OpenTelemetry only.',
            'x-envoy': 'DatadogConfig.service_name, OpenTelemetryConfig.service_name',
          }),
        ),
      },
      { description: 'Settings of the tracer.', 'x-envoy': 'HttpConnectionManager.tracing.provider' },
    ),
  ),
  stats_name: statsName,
});

/** `TracingService.spec`; see Ambassador's reference, "Tracing service". */
export type TracingServiceSpec = Immutable<Static<typeof schema>>;

export const tracingService = {
  about: 'The collector that requests are traced to.',
  group: 'getambassador.io',
  versions: ['v3alpha1', 'v2', 'v1'],
  at: 'spec',
  schema,
  strict: true,
  unsupported: {
    'driver=lightstep': {
      severity: 'error',
      effect: 'Envoy has no LightStep tracer any more; use opentelemetry',
      fix: 'write driver: opentelemetry, with a collector that passes spans on to LightStep',
    },
    'config.collector_endpoint_version=HTTP_JSON_V1': {
      severity: 'error',
      effect: 'Envoy no longer speaks version 1 of the Zipkin API',
      fix: 'write HTTP_JSON, if the collector understands version 2',
    },
  },
  ignored: {
    'config.access_token_file': 'only the LightStep tracer had one, and Envoy has that no more',
    'config.collector_cluster': 'the collector is the one that `service` names',
    'config.propagation_modes': 'only the LightStep tracer had them, and Envoy has that no more',
    propagation_modes: 'only the LightStep tracer had them, and Envoy has that no more',
  },
} as const satisfies KindModel<typeof schema>;
