import type { Refusal } from './peer';

/** What was seen of one attempt to shake hands. Nothing of it is secret. */
export interface Observation {
  /** How it ended: nothing came of the connection, we broke off, the other side did, it kept silent, or both are content. */
  readonly end: 'no connection' | 'refused by us' | 'ended by the upstream' | 'timeout' | 'content';
  /** How far it got. */
  readonly stage: 'connecting' | 'hello' | 'certificate' | 'done';
  /** The address that a name stands for, where one was found. */
  readonly address?: string;
  /** Why there is no connection, as the operating system calls it (`ECONNREFUSED`, `ENOTFOUND`, …). */
  readonly network?: string;
  /** Why we do not accept the upstream’s certificate. */
  readonly refusal?: Refusal;
  /** The alert that the upstream sent, as RFC 8446 §6 names it (`unknown_ca`). */
  readonly alert?: string;
  /** What our TLS library found wrong, as OpenSSL calls it (`WRONG_VERSION_NUMBER`). */
  readonly complaint?: string;
  /** As Node names it: `TLSv1.2`. */
  readonly protocol?: string;
  readonly cipherSuite?: string;
  readonly alpnProtocol?: string;
  /** The upstream’s chain as PEM, leaf first, as far as one certificate leads to the next. */
  readonly peerChain?: string;
  /** Whether the upstream asked for a client certificate; unknown in TLS 1.3, where that is encrypted. */
  readonly certificateRequested?: boolean;
}
