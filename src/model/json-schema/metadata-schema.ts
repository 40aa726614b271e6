import type { JsonSchema } from './json-schema';

const strings = (description: string): JsonSchema => ({
  type: ['object', 'null'],
  additionalProperties: { type: 'string' },
  description,
});

/** `metadata` of any definition, by Kubernetes' rules, as `decoding/metadata.ts` reads it. */
export const METADATA_SCHEMA: JsonSchema = {
  type: 'object',
  description: 'What the definition is called.',
  required: ['name'],
  properties: {
    name: {
      type: 'string',
      maxLength: 253,
      pattern: '^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$',
      description: 'Name, unique in its kind and namespace.',
    },
    namespace: {
      type: ['string', 'null'],
      maxLength: 63,
      pattern: '^([a-z0-9]([a-z0-9-]*[a-z0-9])?)?$',
      default: 'default',
      description: 'Namespace.',
    },
    labels: strings('Labels, for selectors.'),
    annotations: strings('Annotations.'),
  },
};
