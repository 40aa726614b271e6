import { createPrivateKey, type KeyObject } from 'node:crypto';
import { unescaped } from './unescaped';
import { WindowIndex } from './window-index';

/** How many bytes of a secret in a row count as a trace of it: too many to come about by chance. A multiple of 3, for base64. */
const BYTES = 9;
const BASE64 = (BYTES / 3) * 4;
const HEX = BYTES * 2;
/** Digits of a decimal number that say as much as nine bytes do. */
const DECIMAL = 22;
/** How many times over an output may be escaped, as JSON in JSON is. */
const ESCAPED = 3;
/** Fewer different bytes than this, and it is a number that anybody could write, such as 1. */
const DIFFERENT = 8;

/** The numbers of a private key that nobody else may know, by their names in a JWK (RFC 7518 §6.3.2, RFC 8037 §2). */
const SECRET_NUMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi'] as const;

/**
 * Looks for secrets in whatever was written: as they are, in base64 of any alignment and line length (so PEM too) once or twice, in
 * hexadecimal, in decimal, as lists of numbers, and in the escapes of JSON, of URLs, of HTML and of a protobuf's text form.
 */
export class KeyTraces {
  readonly #raw: WindowIndex;
  readonly #base64: WindowIndex;
  readonly #hex: WindowIndex;
  readonly #decimal: WindowIndex;
  readonly #stride: number;

  /**
   * @param stride of so many bytes in a row that are seen, the first nine count; 1 sees every trace of nine, more save memory
   * @param bits of each filter (`WindowIndex`)
   */
  constructor({ stride = 1, bits = 18 }: { readonly stride?: number; readonly bits?: number } = {}) {
    this.#stride = stride;
    this.#raw = new WindowIndex(BYTES, bits);
    this.#base64 = new WindowIndex(BASE64, bits);
    this.#hex = new WindowIndex(HEX, bits);
    this.#decimal = new WindowIndex(DECIMAL, bits);
  }

  /** @param privateKeyPem a private key that is not encrypted; only its secret numbers count, not its public part */
  addKey(name: string, privateKeyPem: string): void {
    for (const number of secretNumbers(createPrivateKey(privateKeyPem))) this.addBytes(name, number);
  }

  /** Any other bytes that must not be seen. */
  addBytes(name: string, secret: Buffer): void {
    if (new Set(secret).size < DIFFERENT) return;
    this.#add(name, secret);
    this.#decimal.add(BigInt(`0x${secret.toString('hex')}`).toString(), name, this.#stride);
    // A PEM text is itself encoded, in the data of a Secret for instance.
    for (const text of alignments(secret)) this.#add(name, Buffer.from(text));
  }

  /** Whose traces are in the output, and in which form; nothing if it is clean. */
  findIn(output: string | Buffer): readonly string[] {
    const found = new Set<string>();
    let text = typeof output === 'string' ? output : output.toString('latin1');
    this.#look(text, '', found);
    // Bytes that became text, and text that became bytes.
    if (typeof output === 'string') this.#lookForBytes(Buffer.from(output).toString('latin1'), '', found);
    for (let depth = 1; depth <= ESCAPED; depth += 1) {
      const plain = unescaped(text);
      if (plain === text) break;
      this.#look(plain, 'escaped ', found);
      text = plain;
    }
    return [...found];
  }

  #look(text: string, how: string, found: Set<string>): void {
    const look = (form: string, haystack: string, windows: WindowIndex) => {
      for (const name of windows.namesIn(haystack)) found.add(`${name} as ${how}${form}`);
    };
    this.#lookForBytes(text, how, found);
    const decoded = Buffer.from(text, 'latin1').toString();
    if (decoded !== text) this.#lookForBytes(decoded, how, found);
    const flat = flattened(text);
    look('numbers', numbersOf(flat), this.#raw);
    look('base64', standardBase64(flat), this.#base64);
    look('hexadecimal', flat.replaceAll(/[:,-]|0x|\\x/gi, '').toLowerCase(), this.#hex);
    look('decimal', (flat.match(/\d{22,}/g) ?? []).join(' '), this.#decimal);
  }

  #lookForBytes(text: string, how: string, found: Set<string>): void {
    for (const name of this.#raw.namesIn(text)) found.add(`${name} as ${how}bytes`);
  }

  #add(name: string, secret: Buffer): void {
    this.#raw.add(secret.toString('latin1'), name, this.#stride);
    this.#hex.add(secret.toString('hex'), name, this.#stride * 2);
    for (const text of alignments(secret)) this.#base64.add(text, name, this.#stride);
  }
}

/** The numbers of a private key that nobody else may know, big-endian. */
export function secretNumbers(key: KeyObject): readonly Buffer[] {
  if (key.asymmetricKeyType === 'ec') {
    // ECPrivateKey (RFC 5915 §3) is a SEQUENCE of the version, 1, and of the number; JWK does not know every curve.
    const der = key.export({ type: 'sec1', format: 'der' });
    const content = (der[1] ?? 0) < 0x80 ? 2 : 3;
    return [der.subarray(content + 5, content + 5 + (der[content + 4] ?? 0))];
  }
  if (key.asymmetricKeyType === 'rsa-pss') {
    // Neither JWK nor PKCS #1 knows it. After the modulus and its exponent, all numbers of an RSAPrivateKey are secret (RFC 8017 §A.1.2).
    const der = key.export({ type: 'pkcs8', format: 'der' });
    return [der.subarray(der.length / 2)];
  }
  const jwk = key.export({ format: 'jwk' });
  return SECRET_NUMBERS.flatMap((name) => {
    const number = jwk[name];
    return typeof number === 'string' ? [Buffer.from(number, 'base64url')] : [];
  });
}

/** What of it shows in base64, by where in a group of three bytes it begins. */
function alignments(secret: Buffer): readonly string[] {
  return [0, 1, 2].map((skip) =>
    secret.subarray(skip, secret.length - ((secret.length - skip) % 3)).toString('base64'),
  );
}

/** Without line breaks, spaces and the zeros of UTF-16. */
function flattened(text: string): string {
  return text.replaceAll(/\\[nrt]|[\s\0]/g, '');
}

function standardBase64(text: string): string {
  return text.replaceAll('-', '+').replaceAll('_', '/');
}

/** The bytes of every list of numbers, such as `[12,34]` or `Uint8Array(2) [ 12, 34 ]` without its spaces. */
function numbersOf(flat: string): string {
  return [...flat.matchAll(/\d{1,3}(?:,\d{1,3})+/g)]
    .map(([list]) => String.fromCharCode(...list.split(',').map((number) => Number(number) % 256)))
    .join('\u{ffff}');
}
