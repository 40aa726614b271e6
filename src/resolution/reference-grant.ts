import type { Definition } from '../model/definition';
import type { Definitions } from '../model/definitions';
import { KIND_MODELS } from '../model/kinds';

/** What a definition refers to. */
export interface Referent {
  readonly kind: 'Secret' | 'TLSContext' | 'ConsulResolver';
  readonly namespace: string;
  readonly name: string;
}

/**
 * Whether a definition may refer to something: in its own namespace always, into another one if a ReferenceGrant there says so
 * (Gateway API, "ReferenceGrant"). Group, kind, namespace and name must all agree; nothing is a wildcard but a missing name.
 */
export function isGranted(from: Definition, to: Referent, definitions: Definitions): boolean {
  if (from.metadata.namespace === to.namespace) return true;
  return definitions
    .of('ReferenceGrant')
    .filter(({ metadata }) => metadata.namespace === to.namespace)
    .some(
      ({ spec }) =>
        spec.from.some(
          ({ group, kind, namespace }) =>
            group === KIND_MODELS[from.kind].group && kind === from.kind && namespace === from.metadata.namespace,
        ) &&
        spec.to.some(
          ({ group, kind, name }) =>
            group === KIND_MODELS[to.kind].group && kind === to.kind && (name === undefined || name === to.name),
        ),
    );
}
