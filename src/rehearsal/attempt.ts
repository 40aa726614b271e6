import type { Certificate } from '../certificates';
import type { Offer } from './offer';

/** Who ended a handshake, or why there was none. */
export type Outcome =
  | 'goes through'
  | 'we refuse the upstream'
  | 'the upstream refuses us'
  | 'nothing in common'
  | 'no TLS there'
  | 'not reached';

/** What a handshake means. */
export interface Verdict {
  readonly outcome: Outcome;
  /** One sentence without its full stop. */
  readonly reason: string;
  /** Absent where nothing is to be done. */
  readonly fix?: string;
  /** Whose definitions it is about: what we present, what we demand, what we offer, or where we connect to. */
  readonly about: 'presented' | 'demanded' | 'offered' | 'address';
}

/** What of a plan a verdict needs: what was offered, and the certificate that was presented, if one was. */
export interface Attempt {
  readonly offer: Offer;
  readonly presented?: Certificate;
}
