import type { Resource, ResourceType } from '../../snapshot/snapshot';
import type { RefusalReason } from './refusal';

/** One resource of one node, in the words of Envoy's `ConfigStatus` (Client Status Discovery Service). */
export interface ResourceStatus {
  readonly type: ResourceType;
  readonly resource: Resource;
  /** Of what the node has, or was sent last; empty if nothing. */
  readonly version: string;
  readonly status: 'SYNCED' | 'STALE' | 'NOT_SENT' | 'ERROR';
  /** Why the published bytes were refused; absent unless `status` is `ERROR`. */
  readonly reason?: RefusalReason;
}

/** A version of a resource that a client has, or will have if it accepts what is on its way. */
export interface Holding {
  readonly version: string;
  readonly acknowledged: boolean;
}

/** @param reason Why the node refused the published bytes, if it did. */
export function resourceStatus(
  type: ResourceType,
  resource: Resource,
  holding: Holding | undefined,
  reason: RefusalReason | undefined,
): ResourceStatus {
  const version = holding?.version ?? '';
  if (reason !== undefined) return { type, resource, version, status: 'ERROR', reason };
  if (holding === undefined) return { type, resource, version, status: 'NOT_SENT' };
  const synced = holding.acknowledged && holding.version === resource.version;
  return { type, resource, version, status: synced ? 'SYNCED' : 'STALE' };
}
