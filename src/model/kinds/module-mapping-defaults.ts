import { Type } from '@sinclair/typebox';
import { strictObject } from './kind-model';
import { httpConnectionFields } from './mapping-cluster-fields';
import { cors, headerFields, retryPolicy } from './mapping-route-fields';

/** Fields of `Module.spec.config` that hold for Mappings which say nothing of their own. */
export const mappingDefaults = {
  ...httpConnectionFields,
  cors: Type.Optional({
    ...cors,
    description: `For Mappings without a \`cors\` of their own. ${cors.description ?? ''}`,
  }),
  retry_policy: Type.Optional({
    ...retryPolicy,
    description: `For Mappings without a \`retry_policy\` of their own. ${retryPolicy.description ?? ''}`,
  }),
  add_linkerd_headers: Type.Optional(
    Type.Boolean({
      default: false,
      description: 'For Mappings without an `add_linkerd_headers` of their own: tell Linkerd where requests go.',
      'x-envoy': '`route.request_headers_to_add`',
    }),
  ),
};

/** `Module.spec.config.defaults.httpmapping`. */
export const httpMappingDefaults = Type.Optional(
  strictObject(headerFields, {
    description: 'Of Mappings that do not say otherwise; an empty value of theirs suffices.',
  }),
);
