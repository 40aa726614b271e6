import { Type } from '@sinclair/typebox';
import { type FieldNotes, strictObject } from './kind-model';
import { addedHeaders, count, removedHeaders, seconds } from './mapping-route-fields';

const status = (which: string, notes: Omit<FieldNotes, 'description'>) =>
  Type.Integer({ minimum: 100, maximum: 599, description: `${which} of the range.`, ...notes });

const httpCheck = strictObject(
  {
    path: Type.String({
      pattern: '^[\\x21-\\x7e]+$',
      description: 'Path that is asked for.',
      'x-envoy': '`http_health_check.path`',
    }),
    hostname: Type.Optional(
      Type.String({
        pattern: '^[\\x21-\\x7e]+$',
        description: 'Authority of the request.',
        'x-envoy': '`http_health_check.host`',
      }),
    ),
    add_request_headers: addedHeaders({
      description: 'Headers added to the request.',
      'x-envoy': '`http_health_check.request_headers_to_add`',
    }),
    remove_request_headers: removedHeaders({
      description: 'Headers removed from the request.',
      'x-envoy': '`http_health_check.request_headers_to_remove`',
    }),
    expected_statuses: Type.Optional(
      Type.Array(
        strictObject(
          {
            min: status('First', { 'x-envoy': '`expected_statuses.start`' }),
            max: status('Last', { 'x-envoy': '`expected_statuses.end`, which is one more' }),
          },
          { description: 'A range of statuses, both ends included.' },
        ),
        {
          description: 'Statuses that mean health. Without it, 200 alone.',
          'x-envoy': '`http_health_check.expected_statuses`',
        },
      ),
    ),
  },
  { description: 'Ask by HTTP.', 'x-envoy': '`http_health_check`' },
);

const grpcCheck = strictObject(
  {
    upstream_name: Type.String({
      description: 'Service whose health is asked for; empty for the whole server.',
      'x-envoy': '`grpc_health_check.service_name`',
    }),
    authority: Type.Optional(
      Type.String({
        pattern: '^[\\x21-\\x7e]+$',
        description: 'Authority of the request. Without it, the name of the cluster.',
        'x-envoy': '`grpc_health_check.authority`',
      }),
    ),
  },
  { description: 'Ask by the gRPC health checking protocol. Needs `grpc: true`.', 'x-envoy': '`grpc_health_check`' },
);

/** How Envoy checks endpoints itself (Ambassador, "Health checking"). */
export const healthChecks = Type.Array(
  strictObject(
    {
      health_check: strictObject(
        { http: Type.Optional(httpCheck), grpc: Type.Optional(grpcCheck) },
        { description: 'What is asked: `http` or `grpc`.' },
      ),
      timeout: Type.Optional(
        seconds(
          { description: 'Time for an answer.', default: '3s', 'x-envoy': '`health_checks.timeout`' },
          'positive',
        ),
      ),
      interval: Type.Optional(
        seconds(
          { description: 'Time between two checks.', default: '5s', 'x-envoy': '`health_checks.interval`' },
          'positive',
        ),
      ),
      unhealthy_threshold: count({
        description: 'Failures in a row that put an endpoint out of use.',
        default: 2,
        'x-envoy': '`health_checks.unhealthy_threshold`',
      }),
      healthy_threshold: count({
        description: 'Successes in a row that bring it back.',
        default: 1,
        'x-envoy': '`health_checks.healthy_threshold`',
      }),
    },
    { description: 'One way to check endpoints.' },
  ),
  {
    minItems: 1,
    description: 'How Envoy checks endpoints itself, which takes a resolver that knows them.',
    'x-envoy': '`cluster.health_checks`',
  },
);
