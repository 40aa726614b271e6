import { CUSTOM_KINDS, GROUP, pluralOf } from '../../../src/model/crd/custom-kinds';

const WEBHOOK = {
  clientConfig: { service: { name: 'emissary-apiext', namespace: 'emissary-system' } },
  conversionReviewVersions: ['v1beta1'],
};

/** CRDs with the versions, storage and conversion of those that Emissary 3 installs, though without their schemas. */
export function emissaryCrds({ webhook }: { readonly webhook: boolean }): readonly object[] {
  const anything = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  const version = (name: string, served: boolean, storage: boolean) => ({
    name,
    served,
    storage,
    subresources: { status: {} },
    schema: { openAPIV3Schema: { type: 'object', properties: { spec: anything, status: anything } } },
  });
  return Object.keys(CUSTOM_KINDS).map((kind) => ({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${pluralOf(kind)}.${GROUP}`, labels: { 'app.kubernetes.io/name': 'emissary-apiext' } },
    spec: {
      group: GROUP,
      names: {
        kind,
        listKind: `${kind}List`,
        plural: pluralOf(kind),
        singular: kind.toLowerCase(),
        categories: ['ambassador-crds'],
      },
      scope: 'Namespaced',
      conversion: webhook ? { strategy: 'Webhook', webhook: WEBHOOK } : { strategy: 'None' },
      versions: [version('v2', true, true), version('v3alpha1', true, false), version('v1', false, false)],
    },
  }));
}
