import { specSchema } from '../json-schema/spec-schema';
import { KIND_MODELS, KINDS, type Kind } from '../kinds';
import { printerColumns } from './printer-columns';
import { structuralSchema } from './structural-schema';

const GROUP = 'getambassador.io';
const VERSION = 'v3alpha1';
/** Versions that Emissary’s CRDs have: objects may have been stored in them, so they may not be missing. None is served. */
const OLDER = ['v2', 'v1'] as const;

/** Plural and singular are the lower-case kind in Kubernetes’ way, as Emissary has them. */
function pluralOf(kind: Kind): string {
  const word = kind.toLowerCase();
  return word.endsWith('s') ? `${word}es` : `${word}s`;
}

/** The kinds of Ambassador, which the API server must be taught. */
export const CUSTOM_KINDS: readonly Kind[] = KINDS.filter((kind) => KIND_MODELS[kind].group === GROUP);

/** A condition as every API of Kubernetes has it (`metav1.Condition`). */
const CONDITION = {
  type: 'object',
  required: ['type', 'status', 'lastTransitionTime', 'reason', 'message'],
  properties: {
    type: { type: 'string', maxLength: 316 },
    status: { type: 'string', enum: ['True', 'False', 'Unknown'] },
    reason: { type: 'string', minLength: 1, maxLength: 1024 },
    message: { type: 'string', maxLength: 32_768 },
    lastTransitionTime: { type: 'string', format: 'date-time' },
    observedGeneration: { type: 'integer', format: 'int64', minimum: 0 },
  },
} as const;

const STATUS = {
  type: 'object',
  description: 'What the control plane makes of it. Written by one replica.',
  'x-kubernetes-preserve-unknown-fields': true,
  properties: {
    conditions: {
      type: 'array',
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['type'],
      items: CONDITION,
    },
  },
} as const;

/** The CustomResourceDefinition of a kind: plain JSON (Kubernetes, apiextensions.k8s.io/v1). */
export function customResourceDefinition(kind: Kind) {
  const model = KIND_MODELS[kind];
  const plural = pluralOf(kind);
  const older = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } as const;
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${GROUP}`, labels: { 'app.kubernetes.io/name': 'countersign' } },
    spec: {
      group: GROUP,
      names: {
        kind,
        listKind: `${kind}List`,
        plural,
        singular: kind.toLowerCase(),
        categories: ['ambassador-crds'],
      },
      scope: 'Namespaced',
      conversion: { strategy: 'None' },
      versions: [
        {
          name: VERSION,
          served: true,
          storage: true,
          subresources: { status: {} },
          additionalPrinterColumns: printerColumns(kind),
          schema: {
            openAPIV3Schema: {
              type: 'object',
              description: model.about,
              properties: {
                apiVersion: { type: 'string' },
                kind: { type: 'string' },
                metadata: { type: 'object' },
                spec: structuralSchema(specSchema(model)),
                status: STATUS,
              },
            },
          },
        },
        ...OLDER.map((name) => ({ name, served: false, storage: false, schema: { openAPIV3Schema: older } })),
      ],
    },
  };
}
