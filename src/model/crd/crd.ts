import { specSchema } from '../json-schema/spec-schema';
import type { KindModel } from '../kinds/kind-model';
import { GROUP, pluralOf } from './custom-kinds';
import { printerColumns } from './printer-columns';
import { STATUS_SCHEMA } from './status-schema';
import { OLDER_VERSIONS, STORED_AS } from './stored-as';
import { structuralSchema } from './structural-schema';

const VERSION = 'v3alpha1';

/** The CustomResourceDefinition of one of Ambassador's kinds: plain JSON (Kubernetes, apiextensions.k8s.io/v1). */
export function customResourceDefinition(kind: string, model: KindModel) {
  const plural = pluralOf(kind);
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: {
      name: `${plural}.${GROUP}`,
      labels: { 'app.kubernetes.io/name': 'countersign', 'app.kubernetes.io/part-of': 'countersign' },
    },
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
      // Null takes away the webhook of Emissary's CRDs, which the API server forbids beside None.
      conversion: { strategy: 'None', webhook: null },
      versions: [served(kind, model), ...OLDER_VERSIONS.map(older)],
    },
  };
}

function served(kind: string, model: KindModel) {
  return {
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
          apiVersion: { type: 'string', description: `\`${GROUP}/${VERSION}\`.` },
          kind: { type: 'string', description: `\`${kind}\`.` },
          metadata: { type: 'object' },
          spec: { description: `What the ${kind} says.`, ...structuralSchema(specSchema(model)) },
          status: STATUS_SCHEMA,
          [STORED_AS]: {
            type: 'string',
            description:
              'Older version in which the spec is written: the object was stored in it before, by Emissary. Remove it once the spec is written anew.',
          },
        },
      },
    },
  };
}

function older(name: string) {
  return {
    name,
    served: false,
    storage: false,
    schema: {
      openAPIV3Schema: {
        type: 'object',
        'x-kubernetes-preserve-unknown-fields': true,
        properties: { [STORED_AS]: { type: 'string', default: name } },
      },
    },
  };
}
