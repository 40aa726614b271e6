import type { ApiObject } from './api-object';
import { type ObjectDocuments, objectDocuments } from './object-documents';
import { PODS } from './resource';

/** Labels of Pods that mean something here: whether Istio’s mutual TLS is spoken. */
const LABEL = 'security.istio.io/tlsMode';

/** The entry of a Pod: of the great deal that the API tells of each, and often, only what does not change while the Pod lives. */
export function podEntry({ metadata, spec }: ApiObject, before: ObjectDocuments | undefined): ObjectDocuments {
  const { name, namespace } = metadata;
  const { [LABEL]: tlsMode } = metadata.labels ?? {};
  const { serviceAccountName } = (spec ?? {}) as { readonly serviceAccountName?: string };
  const kept = {
    metadata: {
      name,
      ...(namespace !== undefined && { namespace }),
      ...(tlsMode !== undefined && { labels: { [LABEL]: tlsMode } }),
    },
    spec: serviceAccountName === undefined ? {} : { serviceAccountName },
  };
  return objectDocuments(kept, PODS, before);
}
