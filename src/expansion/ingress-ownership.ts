import type { Definition } from '../model/definition';

const CONTROLLER = 'getambassador.io/ingress-controller';
const CLASS_ANNOTATION = 'kubernetes.io/ingress.class';
const AMBASSADOR = 'ambassador';
const AUTOMATIC = '_automatic_';

export type IngressClasses = ReadonlyMap<string, Definition<'IngressClass'>>;

/** Whether an Ingress is ours to serve. */
export type Ownership =
  | {
      readonly type: 'ours';
      readonly by: 'annotation' | 'class';
      /** The node groups that it belongs to. */
      readonly ambassadorIds: readonly string[];
    }
  /** `reason` completes "Ingress … is not read: ". */
  | { readonly type: 'foreign'; readonly reason: string; readonly doubtful: boolean };

/**
 * An Ingress is ours by the deprecated annotation `kubernetes.io/ingress.class: ambassador`, or by an IngressClass whose controller is
 * ours (Ambassador, "Ingress controller"). It belongs to the node groups that the Ingress and its class have in common.
 */
export function ownershipOf(ingress: Definition<'Ingress'>, classes: IngressClasses): Ownership {
  const annotation = ingress.metadata.annotations[CLASS_ANNOTATION];
  const ids = ingress.ambassadorIds === '*' ? [] : ingress.ambassadorIds;
  if (annotation?.toLowerCase() === AMBASSADOR) return { type: 'ours', by: 'annotation', ambassadorIds: ids };
  const name = ingress.spec.ingressClassName;
  if (name === undefined) {
    const reason = annotation === undefined ? 'it names no class' : `its class is ${annotation}`;
    return { type: 'foreign', reason, doubtful: false };
  }
  const found = classes.get(name);
  if (found === undefined)
    return {
      type: 'foreign',
      reason: `its class ${name} is not among the definitions`,
      doubtful: name === AMBASSADOR,
    };
  if (found.spec.controller?.toLowerCase() !== CONTROLLER)
    return { type: 'foreign', reason: `its class ${name} has another controller`, doubtful: false };
  const common = inCommon(ids, found.ambassadorIds === '*' ? [] : found.ambassadorIds);
  if (common.length === 0)
    return { type: 'foreign', reason: `its class ${name} has another ambassador-id`, doubtful: true };
  return { type: 'ours', by: 'class', ambassadorIds: common };
}

function inCommon(a: readonly string[], b: readonly string[]): readonly string[] {
  if (b.includes(AUTOMATIC)) return a;
  return a.includes(AUTOMATIC) ? b : a.filter((id) => b.includes(id));
}
