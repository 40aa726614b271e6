/** A condition as every API of Kubernetes has it (`metav1.Condition`). */
const CONDITION = {
  type: 'object',
  required: ['type', 'status', 'lastTransitionTime', 'reason', 'message'],
  properties: {
    type: { type: 'string', maxLength: 316, description: 'What is said.' },
    status: { type: 'string', enum: ['True', 'False', 'Unknown'], description: 'Whether it holds.' },
    reason: { type: 'string', minLength: 1, maxLength: 1024, description: 'Why, in one word.' },
    message: { type: 'string', maxLength: 32_768, description: 'Why, for people.' },
    lastTransitionTime: { type: 'string', format: 'date-time', description: 'Since when it holds or does not.' },
    observedGeneration: {
      type: 'integer',
      format: 'int64',
      minimum: 0,
      description: 'The `metadata.generation` that is meant.',
    },
  },
} as const;

/** `status` of every kind: conditions, and whatever else is there, such as what Emissary wrote. */
export const STATUS_SCHEMA = {
  type: 'object',
  description: 'What the control plane makes of it.',
  'x-kubernetes-preserve-unknown-fields': true,
  properties: {
    conditions: {
      type: 'array',
      description: 'At most one of each type.',
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['type'],
      items: CONDITION,
    },
  },
} as const;
