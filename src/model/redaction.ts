import { createHash } from 'node:crypto';

// `x{40}x*` and not `x{40,}`, here and below: that would exhaust the stack on some megabytes.
const LONG_RUN = /[A-Za-z0-9+/=_-]{40}[A-Za-z0-9+/=_-]*/g;
/** A run of lower-case words, as in a long path or name, rather than encoded bytes. */
const PLAIN_WORDS = /^[a-z0-9]{0,24}(?:[-_/][a-z0-9]{0,24})*$/;
/** No path or name is longer; the expression above would exhaust the stack on some megabytes. */
const LONGEST_WORDS = 4096;
const MASK = '[redacted]';

/** Replaces what looks like encoded key material: runs of 40 or more base64 or hexadecimal characters. */
export function maskLongRuns(text: string): string {
  return text.replace(LONG_RUN, (run) => (run.length <= LONGEST_WORDS && PLAIN_WORDS.test(run) ? run : MASK));
}

const USER_INFORMATION = /:\/\/[^\s/?#"']{1,256}@/g;

/** Replaces the user information of URLs (RFC 3986 §3.2.1), which may hold a password, by as many stars: what follows stays in its place. */
export function maskUserInformation(text: string): string {
  return text.replace(USER_INFORMATION, (found) => `://${'*'.repeat(found.length - '://@'.length)}@`);
}

/** True if the text shows a private key in PEM (RFC 7468 §10). */
export function showsPrivateKey(text: string): boolean {
  return text.includes('PRIVATE KEY');
}

/** The beginning of what could be the base64 of a DER structure, which begins with a SEQUENCE (0x30). */
const SHORTEST_RUN = 40;
const ENCODED_SEQUENCE = /(?<![A-Za-z0-9+])M[A-P][A-Za-z0-9+/]{38}/g;

/** What `PRIVATE KEY` becomes in base64, by where in three bytes it begins: as in the `data` of a Secret. */
const ENCODED_WORDS = [0, 1, 2].map((before) => {
  const bytes = Buffer.from(`${'-'.repeat(before)}PRIVATE KEY`);
  return bytes.toString('base64').slice(Math.ceil((before * 8) / 6), Math.floor((bytes.length * 8) / 6));
});

/**
 * True if the text shows a private key, in PEM, in the base64 of that, or without its armour: the base64 of PKCS #8, PKCS #1 or SEC 1
 * (RFC 5958, 8017, 5915).
 */
export function holdsPrivateKey(text: string): boolean {
  if (showsPrivateKey(text)) return true;
  if (text.length < SHORTEST_RUN) return false;
  if (ENCODED_WORDS.some((word) => text.includes(word))) return true;
  return [...text.matchAll(ENCODED_SEQUENCE)].some(([run]) => beginsPrivateKey(Buffer.from(run, 'base64')));
}

/** All three structures are a SEQUENCE that begins with its version: an INTEGER of one byte, 0 or 1. */
function beginsPrivateKey(der: Buffer): boolean {
  const length = der[1] ?? 0;
  const content = length < 0x80 ? 2 : 2 + (length & 0x7f);
  return der[0] === 0x30 && der[content] === 0x02 && der[content + 1] === 0x01 && (der[content + 2] ?? 2) <= 1;
}

const HEADER = /-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----/g;
const FOOTER = /-----END [A-Z ]{0,40}PRIVATE KEY-----/y;
/** In base64url, too. */
const UNARMOURED = /(?<![A-Za-z0-9+])M[A-P][A-Za-z0-9+/_-]{38}/g;

/**
 * Replaces private keys, in PEM (with escaped line breaks too) or without its armour, in a text that people gave for another purpose,
 * such as a path. Different keys leave different words.
 */
export function maskPrivateKeys(text: string): string {
  if (text.length < SHORTEST_RUN) return text;
  return masked(masked(text, HEADER, endOfArmoured), UNARMOURED, (whole, start) =>
    beginsPrivateKey(Buffer.from(whole.slice(start, start + SHORTEST_RUN), 'base64'))
      ? endOf(whole, start, isEncoded)
      : undefined,
  );
}

/**
 * Replaces what begins at each match. Where it ends is looked for character by character: an expression that repeats may exhaust the stack on
 * some megabytes.
 *
 * @param end undefined: it is none
 */
function masked(
  text: string,
  beginning: RegExp,
  end: (text: string, start: number, bodyStart: number) => number | undefined,
): string {
  const pieces: string[] = [];
  let done = 0;
  for (const match of text.matchAll(beginning)) {
    if (match.index < done) continue;
    const stop = end(text, match.index, match.index + match[0].length);
    if (stop === undefined) continue;
    pieces.push(text.slice(done, match.index), maskOf(text.slice(match.index, stop)));
    done = stop;
  }
  return pieces.length === 0 ? text : pieces.join('') + text.slice(done);
}

function endOfArmoured(text: string, _start: number, bodyStart: number): number {
  let end = bodyStart;
  for (;;) {
    const next = endOf(text, end, isBody);
    if (text.charAt(next) !== '\\' || !'nrt'.includes(text.charAt(next + 1) || ' ')) {
      FOOTER.lastIndex = next;
      return FOOTER.test(text) ? FOOTER.lastIndex : next;
    }
    end = next + 2;
  }
}

function endOf(text: string, start: number, belongs: (character: string) => boolean): number {
  let end = start;
  while (end < text.length && belongs(text.charAt(end))) end += 1;
  return end;
}

function isBody(character: string): boolean {
  return /[A-Za-z0-9+/=\s]/.test(character);
}

function isEncoded(character: string): boolean {
  return /[A-Za-z0-9+/_=-]/.test(character);
}

function maskOf(key: string): string {
  return `[redacted ${createHash('sha256').update(key).digest('hex').slice(0, 8)}]`;
}
