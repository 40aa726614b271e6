import { isDeepStrictEqual } from 'node:util';
import type { ObjectWithStatus } from '../../sources/kubernetes/object-statuses';
import { type Condition, CONDITION_TYPES } from '../../status';

type Status = Readonly<Record<string, unknown>>;
type Told = Readonly<Record<string, unknown>>;

/** What is to be merged into the status of an object; undefined if it is as it should be. */
export function wantedConditions(
  { status, generation }: ObjectWithStatus,
  wanted: readonly Condition[],
  now: Date,
): Status | undefined {
  const conditions: readonly Told[] = Array.isArray(status['conditions']) ? status['conditions'] : [];
  const own = conditions.filter(({ type }) => CONDITION_TYPES.has(String(type)));
  if (own.length === wanted.length && wanted.every((condition) => isTold(condition, own, generation))) return undefined;
  const foreign = conditions.filter(({ type }) => !CONDITION_TYPES.has(String(type)));
  const time = now.toISOString().replace(/\.\d+Z$/, 'Z');
  return {
    conditions: [
      ...foreign,
      ...wanted.map((condition) => {
        const before = own.find(({ type }) => type === condition.type);
        const since = before?.['status'] === condition.status ? before['lastTransitionTime'] : undefined;
        return { ...condition, observedGeneration: generation, lastTransitionTime: since ?? time };
      }),
    ],
  };
}

function isTold(condition: Condition, own: readonly Told[], generation: number): boolean {
  const told = own.find(({ type }) => type === condition.type);
  return (
    told !== undefined &&
    told['status'] === condition.status &&
    told['reason'] === condition.reason &&
    told['message'] === condition.message &&
    told['observedGeneration'] === generation
  );
}

/** Where an Ingress is reached: where the Service of the Envoys is (Kubernetes, IngressStatus and ServiceStatus). */
export function wantedAddresses(
  { status }: ObjectWithStatus,
  service: ObjectWithStatus | undefined,
): Status | undefined {
  const addresses = addressesOf(service?.status);
  return addresses.length === 0 || isDeepStrictEqual(addressesOf(status), addresses)
    ? undefined
    : { loadBalancer: { ingress: addresses } };
}

function addressesOf(status: Status | undefined): readonly object[] {
  const { ingress } = (status?.['loadBalancer'] ?? {}) as { readonly ingress?: unknown };
  if (!Array.isArray(ingress)) return [];
  return ingress.map((address: { readonly ip?: string; readonly hostname?: string }) => ({
    ...(address.hostname !== undefined && { hostname: address.hostname }),
    ...(address.ip !== undefined && { ip: address.ip }),
  }));
}
