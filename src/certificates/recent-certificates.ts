import { createHash, hash } from 'node:crypto';

const MAX_ENTRIES = 512;

/**
 * What was read of the DER of a certificate, for as long as few others were read since. A client's certificate is read in its
 * handshake and again for each of its streams, and its CA with every one of them; reading one takes most of a millisecond.
 */
export class RecentCertificates<Value> {
  /** By SHA-256, the most recently used last. */
  readonly #entries = new Map<string, Value>();

  get(der: Buffer, read: () => Value): Value {
    const key = digest(der);
    const known = this.#entries.get(key);
    const value = known ?? read();
    this.#entries.delete(key);
    this.#entries.set(key, value);
    if (this.#entries.size > MAX_ENTRIES)
      for (const oldest of this.#entries.keys()) {
        this.#entries.delete(oldest);
        break;
      }
    return value;
  }
}

/** In one call, where Node has it (20.12). */
function digest(der: Buffer): string {
  return hash === undefined ? createHash('sha256').update(der).digest('base64') : hash('sha256', der, 'base64');
}
