import type { Origin } from '../ir/origin';

/** `downstream`: between clients and a listener; `upstream`: between a cluster and its endpoints. */
export type Direction = 'downstream' | 'upstream';

/** One place where a configuration presents a certificate, or verifies its peers against CAs. */
export interface Use {
  readonly direction: Direction;
  /** `presents` a certificate, `verifies` peers with CAs, `revokes` with revocation lists. */
  readonly role: 'presents' | 'verifies' | 'revokes';
  /** Name of the listener’s filter chain or of the cluster on the wire. */
  readonly resource: string;
  /** The definitions that want it so; never empty. */
  readonly origins: readonly Origin[];
}

/** `Mapping default/pay`, as people call it. */
export function nameOf({ kind, namespace, name }: Pick<Origin, 'kind' | 'namespace' | 'name'>): string {
  return `${kind} ${namespace}/${name}`;
}
