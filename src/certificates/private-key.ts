import { createHash, type KeyObject } from 'node:crypto';
import { inspect } from 'node:util';

/**
 * A private key. Everything that prints it shows the SHA-256 fingerprint of its public key only; `revealPem` is the sole
 * way to its bytes, so that a search for that name finds every place that handles key material.
 */
export class PrivateKey {
  /** SHA-256 of the SubjectPublicKeyInfo in lower-case hex. */
  readonly fingerprint: string;
  readonly #pem: string;

  /** Takes the key's PKCS #8 PEM and the public key that belongs to it. */
  constructor(pem: string, publicKey: KeyObject) {
    this.fingerprint = createHash('sha256')
      .update(publicKey.export({ type: 'spki', format: 'der' }))
      .digest('hex');
    this.#pem = pem;
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
