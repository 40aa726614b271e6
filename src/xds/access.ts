import { status } from '@grpc/grpc-js';
import {
  type AccessPolicy,
  describeIdentity,
  type Groups,
  type PeerIdentity,
  readPeerIdentity,
} from '../authorization';
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
  /** Asked for at every change of every stream; a certificate says the same each time. */
  readonly #identities = new WeakMap<Peer, PeerIdentity | string>();

  /** @param rules Absent: the port has no TLS. */
  constructor(rules?: AccessRules) {
    this.#rules = rules;
  }

  /** From now on; streams that are open must be asked again. */
  use(rules: AccessRules): void {
    this.#rules = rules;
  }

  /** What the peer is let in as now, or why it is not. */
  standing(peer: Peer): Standing | Denial {
    const rules = this.#rules;
    if (rules === undefined) return LOCAL;
    const identity = this.#identity(peer);
    if (typeof identity === 'string') return denied(identity);
    return {
      identity: describeIdentity(identity),
      groups: (nodeId) => (rules === 'any-client' ? EVERY : rules.groups(identity, nodeId)),
    };
  }

  /** The identity, or why there is none. */
  #identity(peer: Peer): PeerIdentity | string {
    let identity = this.#identities.get(peer);
    if (identity === undefined) {
      const certificate = peer.certificate && readCertificate(peer.certificate);
      identity = certificate ? readPeerIdentity(certificate) : 'no client certificate that can be read';
      this.#identities.set(peer, identity);
    }
    return identity;
  }
}

function denied(details: string): Denial {
  return { code: status.UNAUTHENTICATED, details };
}
