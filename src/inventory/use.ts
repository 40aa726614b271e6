import type { Origin } from '../ir/origin';
import type { SubjectAltNameMatcher } from '../ir/tls';

/** `downstream`: between clients and a listener; `upstream`: between a cluster and its endpoints. */
export type Direction = 'downstream' | 'upstream';

/** One place where a configuration presents a certificate, or verifies its peers against CAs. */
export interface Use {
  readonly direction: Direction;
  /** `presents` a certificate, `verifies` peers with CAs, `revokes` with revocation lists. */
  readonly role: 'presents' | 'verifies' | 'revokes';
  /** Name of the listener’s filter chain or of the cluster on the wire. */
  readonly resource: string;
  /** Of `verifies`: a peer must have one of these names; absent or empty: whatever it is called. */
  readonly names?: readonly SubjectAltNameMatcher[];
  /** The definitions that want it so; never empty. */
  readonly origins: readonly Origin[];
}

/** `Mapping default/pay`, as people call it. */
export function nameOf({ kind, namespace, name }: Pick<Origin, 'kind' | 'namespace' | 'name'>): string {
  return `${kind} ${namespace}/${name}`;
}
