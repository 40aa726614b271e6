import type { Definition } from '../model/definition';
import type { Definitions } from '../model/definitions';
import { slicesOf } from './service-endpoints';
import { surroundingsOf } from './surroundings';

interface TargetRef {
  readonly kind?: string | undefined;
  readonly name?: string | undefined;
  readonly namespace?: string | undefined;
}

/** The label by which Istio says that a Pod speaks its mutual TLS (Istio, "security.istio.io/tlsMode"). */
const TLS_MODE_LABEL = 'security.istio.io/tlsMode';
const SERVICE_ACCOUNT = 'default';

/** The Pod behind an endpoint, as far as it is known. */
export function podBehind(
  target: TargetRef | undefined,
  namespace: string,
  definitions: Definitions,
): Definition<'Pod'> | undefined {
  if (target?.kind !== 'Pod' || target.name === undefined) return undefined;
  return definitions.find('Pod', target.namespace ?? namespace, target.name);
}

/** Whether the Pod says that it speaks Istio’s mutual TLS. */
export function speaksIstioTls({ metadata }: Definition<'Pod'>): boolean {
  return metadata.labels[TLS_MODE_LABEL] === 'istio';
}

const known = new WeakMap<object, Map<Definition<'Service'>, readonly string[]>>();

/**
 * The ServiceAccounts of the Pods behind a Service, as `namespace/name`, each once, sorted; ready or not, so that one that is still
 * starting is expected before it is sent a request. Empty where no Pod is known.
 */
export function serviceAccounts(service: Definition<'Service'>, definitions: Definitions): readonly string[] {
  const surroundings = surroundingsOf(definitions);
  let found = known.get(surroundings);
  if (found === undefined) known.set(surroundings, (found = new Map()));
  let accounts = found.get(service);
  if (accounts === undefined) found.set(service, (accounts = accountsBehind(service, definitions)));
  return accounts;
}

function accountsBehind(service: Definition<'Service'>, definitions: Definitions): readonly string[] {
  const { namespace, name } = service.metadata;
  const slices = slicesOf(service, definitions);
  const targets =
    slices.length > 0
      ? slices.flatMap(({ spec }) => (spec.endpoints ?? []).map(({ targetRef }) => targetRef))
      : (definitions.find('Endpoints', namespace, name)?.spec.subsets ?? []).flatMap(({ addresses }) =>
          (addresses ?? []).map(({ targetRef }) => targetRef),
        );
  const pods = targets.map((target) => podBehind(target, namespace, definitions)).filter((pod) => pod !== undefined);
  return [
    ...new Set(pods.map(({ spec, metadata }) => `${metadata.namespace}/${spec.serviceAccountName ?? SERVICE_ACCOUNT}`)),
  ].sort();
}
