import type { Resource, ResourceType } from '../../snapshot/snapshot';
import type { Batch } from './batch';

/** One response, not yet bytes. */
export interface Outgoing {
  readonly protocol: 'sotw' | 'delta';
  readonly type: ResourceType;
  /** `version_info`, or `system_version_info` in delta. */
  readonly version: string;
  /** Unique within its stream. */
  readonly nonce: string;
  readonly batch: Batch;
  /** `removed_resources`; always empty in SotW. */
  readonly removed: readonly string[];
  /** Those of the batch that the client does not have in this version, or was to be sent again. */
  readonly changed: readonly Resource[];
  /** The client began with nothing, and has nothing of the batch yet. */
  readonly first: boolean;
}

/** How a client answered a response. */
export interface Settled {
  readonly answer: 'ack' | 'nack';
  /** Of the response. */
  readonly nonce: string;
  readonly version: string;
  /** Changed resources that the client now has. */
  readonly accepted: readonly Resource[];
  /** Resources known to be the refused ones. Never sent to this node again until their bytes change. */
  readonly rejected: readonly Resource[];
  /** Resources of a refused response that may be good, and are sent again in smaller responses. */
  readonly suspects: readonly Resource[];
}

/** Splits a refused response: those that the client named are rejected, otherwise halves tell good from bad. */
export function isolate(
  resources: readonly Resource[],
  named: readonly Resource[],
): { readonly rejected: readonly Resource[]; readonly groups: readonly (readonly Resource[])[] } {
  if (resources.length <= 1) return { rejected: resources, groups: [] };
  if (named.length > 0) {
    const rest = resources.filter((resource) => !named.includes(resource));
    return { rejected: named, groups: rest.length > 0 ? [rest] : [] };
  }
  const middle = Math.ceil(resources.length / 2);
  return { rejected: [], groups: [resources.slice(0, middle), resources.slice(middle)] };
}
