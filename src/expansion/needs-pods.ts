import { decode } from '../model/decode';
import type { Document } from '../model/document';

/** Whether Pods mean anything to these definitions: whom to expect of an upstream in an Istio mesh. */
export function needsPods(documents: readonly Document[]): boolean {
  return documents.some((document) => {
    const { definition } = decode(document);
    return definition?.kind === 'TLSContext' && definition.spec.istio !== undefined;
  });
}
