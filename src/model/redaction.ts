const LONG_RUN = /[A-Za-z0-9+/=_-]{40,}/g;
/** A run of lower-case words, as in a long path or name, rather than encoded bytes. */
const PLAIN_WORDS = /^[a-z0-9]{0,24}(?:[-_/][a-z0-9]{0,24})*$/;
const MASK = '[redacted]';

/** Replaces what looks like encoded key material: runs of 40 or more base64 or hexadecimal characters. */
export function maskLongRuns(text: string): string {
  return text.replace(LONG_RUN, (run) => (PLAIN_WORDS.test(run) ? run : MASK));
}

/** True if the text shows a private key in PEM (RFC 7468 §10). */
export function showsPrivateKey(text: string): boolean {
  return text.includes('PRIVATE KEY');
}
