import { status } from '@grpc/grpc-js';
import { type AccessPolicy, describeIdentity, type Groups, readPeerIdentity } from '../authorization';
import { readCertificate } from '../certificates';
import type { Denial } from './guarded-server';
import type { Peer } from './peer';

/** What a peer is let in as. */
export interface Standing {
  /** Whom its certificate names, for logs and limits; absent without TLS. */
  readonly identity?: string;
  /** The node groups that it may be served as this node; undefined if it may not call itself that. */
  groups(nodeId: string): Groups | undefined;
}

/** `any-client`: whoever has got through the handshake may be any node. */
export type AccessRules = AccessPolicy | 'any-client';

const EVERY: Groups = { has: () => true };
const LOCAL: Standing = { groups: () => EVERY };

/**
 * Who may be which node. Nothing that a node says of itself grants anything: its id and groups must be allowed to the identity in
 * its certificate. Without TLS there are no identities, and whoever can reach the port is trusted with everything.
 */
export class Access {
  #rules: AccessRules | undefined;

  /** @param rules Absent: the port has no TLS. */
  constructor(rules?: AccessRules) {
    this.#rules = rules;
  }

  /** From now on; streams that are open must be asked again. */
  use(rules: AccessRules): void {
    this.#rules = rules;
  }

  /** What the peer is let in as now, or why it is not. */
  standing({ certificate: der }: Peer): Standing | Denial {
    const rules = this.#rules;
    if (rules === undefined) return LOCAL;
    const certificate = der && readCertificate(der);
    if (certificate === undefined) return denied('no client certificate that can be read');
    const identity = readPeerIdentity(certificate);
    if (typeof identity === 'string') return denied(identity);
    return {
      identity: describeIdentity(identity),
      groups: (nodeId) => (rules === 'any-client' ? EVERY : rules.groups(identity, nodeId)),
    };
  }
}

function denied(details: string): Denial {
  return { code: status.UNAUTHENTICATED, details };
}
