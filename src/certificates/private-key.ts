import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { inspect } from 'node:util';

/**
 * A private key. Everything that prints it shows the SHA-256 fingerprint of its SubjectPublicKeyInfo only; `revealPem`
 * is the sole way to its bytes, so that `grep revealPem` finds every place that handles key material.
 */
export class PrivateKey {
  /** SHA-256 of the SubjectPublicKeyInfo in lower-case hex. */
  readonly fingerprint: string;
  readonly #pem: string;

  constructor(key: KeyObject) {
    this.fingerprint = createHash('sha256')
      .update(createPublicKey(key).export({ type: 'spki', format: 'der' }))
      .digest('hex');
    this.#pem = key.export({ type: 'pkcs8', format: 'pem' }).toString();
  }

  /** The key as PKCS #8 PEM, for the wire only. */
  revealPem(): string {
    return this.#pem;
  }

  toString(): string {
    return `PrivateKey(${this.fingerprint})`;
  }

  toJSON(): string {
    return this.toString();
  }

  [inspect.custom](): string {
    return this.toString();
  }
}
