import type { Resource, ResourceType } from '../../snapshot/snapshot';

/** One resource of one node, in the words of Envoy's `ConfigStatus` (Client Status Discovery Service). */
export interface ResourceStatus {
  readonly type: ResourceType;
  readonly resource: Resource;
  /** Of what the node has, or was sent last; empty if nothing. */
  readonly version: string;
  readonly status: 'SYNCED' | 'STALE' | 'NOT_SENT' | 'ERROR';
}

/** A version of a resource that a client has, or will have if it accepts what is on its way. */
export interface Holding {
  readonly version: string;
  readonly acknowledged: boolean;
}

/** @param refused Whether the node refused the published bytes. */
export function resourceStatus(
  type: ResourceType,
  resource: Resource,
  holding: Holding | undefined,
  refused: boolean,
): ResourceStatus {
  const version = holding?.version ?? '';
  if (refused) return { type, resource, version, status: 'ERROR' };
  if (holding === undefined) return { type, resource, version, status: 'NOT_SENT' };
  const synced = holding.acknowledged && holding.version === resource.version;
  return { type, resource, version, status: synced ? 'SYNCED' : 'STALE' };
}
