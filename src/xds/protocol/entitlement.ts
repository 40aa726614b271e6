import { invariant } from '../../diagnostics/invariant';
import { RESOURCE_TYPES, type Snapshot } from '../../snapshot/snapshot';
import type { Outgoing } from './outgoing';

const entitlements = new WeakMap<Snapshot, ReadonlySet<string>>();

/** The secrets that a node group may be sent: those to which what is published to it refers. */
function entitledSecrets(snapshot: Snapshot): ReadonlySet<string> {
  let names = entitlements.get(snapshot);
  if (names === undefined) {
    const parents = RESOURCE_TYPES.flatMap((type) => [...snapshot.types[type].resources.values()]);
    names = new Set(parents.flatMap(({ references }) => references.secrets ?? []));
    entitlements.set(snapshot, names);
  }
  return names;
}

/**
 * The last look at a response, behind every memory of ours: a cache that answers before the question who asks gave any key to
 * anybody in istiod (CVE-2021-34824).
 *
 * @throws InvariantError if a secret is in it that is not published to the node's group now.
 */
export function checkEntitled(out: Outgoing, snapshot: Snapshot): void {
  if (out.type !== 'secrets') return;
  const entitled = entitledSecrets(snapshot);
  for (const { name } of out.batch.list) invariant(entitled.has(name), 'a secret for another node group');
}
