import type { PeerIdentity } from './peer-identity';

/** A text, or every text that begins like that where it ends in `*`. May hold `{name}`. */
export type Pattern = string;

/** In a Pattern: the last segment of the SPIFFE ID, or the DNS name. */
export const OWN_NAME = '{name}';

/** One rule of an access policy: who may call itself what, and be served which node groups. */
export interface AccessRule {
  /** `spiffe://TRUST_DOMAIN/PATH`, a beginning of that with `/*`, or `dns:NAME`. */
  readonly identity: string;
  readonly nodeIds: readonly Pattern[];
  readonly groups: readonly Pattern[];
}

/** The node groups that somebody may be served. */
export interface Groups {
  has(group: string): boolean;
}

/** As whom the clients with a certificate of the xDS port's CA are let in. What no rule allows is denied. */
export class AccessPolicy {
  readonly #rules: readonly AccessRule[];

  constructor(rules: readonly AccessRule[]) {
    this.#rules = rules;
  }

  /** The groups for this identity under this node id; undefined if it may not call itself that. */
  groups(identity: PeerIdentity, nodeId: string): Groups | undefined {
    const granting = this.#rules.flatMap(({ identity: wanted, nodeIds, groups }) => {
      const name = ownName(identity, wanted);
      return name !== undefined && nodeIds.some((pattern) => matches(pattern, nodeId, name)) ? [{ name, groups }] : [];
    });
    if (granting.length === 0) return undefined;
    return { has: (group) => granting.some(({ name, groups }) => groups.some((each) => matches(each, group, name))) };
  }
}

/** The own name of an identity that a rule is about; undefined if the rule is about others. */
function ownName({ spiffeId, dnsNames }: PeerIdentity, wanted: string): string | undefined {
  if (wanted.startsWith('dns:')) return dnsNames.find((name) => `dns:${name}` === wanted.toLowerCase());
  if (spiffeId === undefined || !matches(wanted, spiffeId, '')) return undefined;
  return spiffeId.slice(spiffeId.lastIndexOf('/') + 1);
}

function matches(pattern: Pattern, text: string, name: string): boolean {
  const open = pattern.endsWith('*');
  // Put in after the `*` was taken off: a name is never a pattern.
  const wanted = (open ? pattern.slice(0, -1) : pattern).split(OWN_NAME).join(name);
  return open ? text.startsWith(wanted) : text === wanted;
}
