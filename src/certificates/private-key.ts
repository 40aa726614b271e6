import { inspect } from 'node:util';

/**
 * A private key. Everything that prints it shows the SHA-256 fingerprint of its public key only; `revealPem` is the sole
 * way to its bytes, so that a search for that name finds every place that handles key material.
 */
export class PrivateKey {
  /** SHA-256 of the SubjectPublicKeyInfo in lower-case hex. */
  readonly fingerprint: string;
  readonly #pem: string;

  /** Takes the key as PKCS #8 PEM, and its fingerprint. */
  constructor(pem: string, fingerprint: string) {
    this.#pem = pem;
    this.fingerprint = fingerprint;
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
