import { createPrivateKey, type KeyObject } from 'node:crypto';

/** How many bytes of a secret in a row count as a trace of it: too many to come about by chance. A multiple of 3, for base64. */
const BYTES = 9;
const BASE64 = (BYTES / 3) * 4;
const HEX = BYTES * 2;

/** The numbers of a private key that nobody else may know, by their names in a JWK (RFC 7518 §6.3.2, RFC 8037 §2). */
const SECRET_NUMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi'] as const;

/**
 * Looks for secrets in whatever was written: as they are, in base64 of any alignment and line length (so PEM too) once or twice, in
 * hexadecimal, as lists of numbers, and in the octal escapes of a protobuf's text form.
 */
export class KeyTraces {
  /** Windows of each form, and whose they are. */
  readonly #raw = new Map<string, string>();
  readonly #base64 = new Map<string, string>();
  readonly #hex = new Map<string, string>();

  /** @param privateKeyPem a private key that is not encrypted; only its secret numbers count, not its public part */
  addKey(name: string, privateKeyPem: string): void {
    for (const number of secretNumbers(createPrivateKey(privateKeyPem))) this.addBytes(name, number);
  }

  /** Any other bytes that must not be seen. */
  addBytes(name: string, secret: Buffer): void {
    this.#add(name, secret);
    // A PEM text is itself encoded, in the data of a Secret for instance.
    for (const text of alignments(secret)) this.#add(name, Buffer.from(text));
  }

  /** Whose traces are in the output, and in which form; nothing if it is clean. */
  findIn(output: string | Buffer): readonly string[] {
    const text = typeof output === 'string' ? output : output.toString('latin1');
    const bytes = typeof output === 'string' ? Buffer.from(output).toString('latin1') : text;
    const flat = text.replaceAll(/\\[nrt]|\s/g, '');
    const found = new Set<string>();
    const look = (form: string, haystack: string, windows: ReadonlyMap<string, string>, length: number) => {
      for (let at = 0; at + length <= haystack.length; at += 1) {
        const name = windows.get(haystack.slice(at, at + length));
        if (name !== undefined) found.add(`${name} as ${form}`);
      }
    };
    look('bytes', text, this.#raw, BYTES);
    if (bytes !== text) look('bytes', bytes, this.#raw, BYTES);
    look('octal escapes', unescapeOctal(text), this.#raw, BYTES);
    look('numbers', numbersOf(flat), this.#raw, BYTES);
    look('base64', flat.replaceAll('-', '+').replaceAll('_', '/'), this.#base64, BASE64);
    look('hexadecimal', flat.replaceAll(/:|0x|\\x|,/gi, '').toLowerCase(), this.#hex, HEX);
    return [...found];
  }

  #add(name: string, secret: Buffer): void {
    addWindows(this.#raw, secret.toString('latin1'), BYTES, name);
    addWindows(this.#hex, secret.toString('hex'), HEX, name);
    for (const text of alignments(secret)) addWindows(this.#base64, text, BASE64, name);
  }
}

function secretNumbers(key: KeyObject): readonly Buffer[] {
  if (key.asymmetricKeyType === 'ec') {
    // ECPrivateKey (RFC 5915 §3) is a SEQUENCE of the version, 1, and of the number; JWK does not know every curve.
    const der = key.export({ type: 'sec1', format: 'der' });
    const content = (der[1] ?? 0) < 0x80 ? 2 : 3;
    return [der.subarray(content + 5, content + 5 + (der[content + 4] ?? 0))];
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

function addWindows(windows: Map<string, string>, text: string, length: number, name: string): void {
  for (let at = 0; at + length <= text.length; at += 1) windows.set(text.slice(at, at + length), name);
}

function unescapeOctal(text: string): string {
  return text.replaceAll(/\\([0-3][0-7]{2})/g, (_escape, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}

/** The bytes of every list of numbers, such as `[12,34]` or `Uint8Array(2) [ 12, 34 ]` without its spaces. */
function numbersOf(flat: string): string {
  return [...flat.matchAll(/\d{1,3}(?:,\d{1,3})+/g)]
    .map(([list]) => String.fromCharCode(...list.split(',').map((number) => Number(number) % 256)))
    .join('\u{ffff}');
}
