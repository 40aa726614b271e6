import { Type } from '@sinclair/typebox';
import { oneOf, strictObject } from './kind-model';
import { headerName } from './service-fields';

const key = Type.String({ minLength: 1, description: 'Name of the label.', 'x-envoy': 'descriptor_key' });

/** A label that Envoy knows by itself; its key is its name. */
const known = <const Name extends string>(name: Name, description: string) =>
  Type.Optional(
    strictObject(
      { key: { ...oneOf([name], 'Its name again.'), 'x-selects': 'nothing more' } },
      { description, 'x-envoy': `RateLimit.Action.${name}` },
    ),
  );

/** One label of a request: a rate limit action, in Envoy's words. */
const specifier = strictObject(
  {
    generic_key: Type.Optional(
      strictObject(
        {
          key: Type.Optional({ ...key, default: 'generic_key' }),
          value: Type.String({ minLength: 1, description: 'Its value.', 'x-envoy': 'GenericKey.descriptor_value' }),
        },
        { description: 'A fixed label.', 'x-envoy': 'RateLimit.Action.generic_key' },
      ),
    ),
    remote_address: known('remote_address', "The client's address."),
    request_headers: Type.Optional(
      strictObject(
        {
          key,
          header_name: headerName('a header name: the header whose value is the value', 'RequestHeaders.header_name'),
          omit_if_not_present: Type.Optional(
            Type.Boolean({
              description: 'No effect: without the header the whole group is left out, whatever this says.',
              'x-selects': 'nothing; `false` gets a warning (CS5058)',
            }),
          ),
        },
        { description: 'What a header of the request says.', 'x-envoy': 'RateLimit.Action.request_headers' },
      ),
    ),
    source_cluster: known('source_cluster', "The name of Envoy's own cluster."),
    destination_cluster: known('destination_cluster', 'The name of the cluster that the request goes to.'),
  },
  {
    oneOf: ['generic_key', 'remote_address', 'request_headers', 'source_cluster', 'destination_cluster'].map(
      (name) => ({
        required: [name],
      }),
    ),
  },
);

const specifiers = Type.Array(specifier, { minItems: 1, description: 'The labels of a group, in order.' });

/** `Mapping.labels`: domain → groups → labels. */
export const labels = Type.Optional(
  Type.Record(
    Type.String(),
    Type.Array(Type.Record(Type.String(), specifiers, { minProperties: 1, maxProperties: 1 }), {
      description: 'The groups of a domain, each under a name for people.',
    }),
    {
      description:
        "Labels of the request for rate limiting, by domain: those of the RateLimitService's domain are sent to it.",
      'x-envoy': 'RouteAction.rate_limits',
    },
  ),
);

/** `Module.config.default_labels`: domain → the labels that go before those of each group. */
export const defaultLabels = Type.Optional(
  Type.Record(
    Type.String(),
    strictObject({ defaults: Type.Optional(specifiers) }, { description: 'The labels of a domain.' }),
    {
      description:
        'Labels of every request, by domain. They go before those of each group of a Mapping; where a Mapping has no group for the domain, they are one.',
      'x-envoy': 'RouteAction.rate_limits',
      'x-ambassador':
        'Better: Ambassador leaves them out where a Mapping has labels for other domains only, so that it is not limited.',
    },
  ),
);
