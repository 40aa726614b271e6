/** What one finding or resource may take of a message, in characters. */
const LONGEST_PART = 1_000;
/** A message of the API has at most 32,768 bytes (Kubernetes, metav1.Condition); nobody reads that many. */
const MOST_BYTES = 32_000;

/** A part of a message, shortened. */
export function part(text: string): string {
  return text.length <= LONGEST_PART ? text : `${text.slice(0, LONGEST_PART)}…`;
}

/** A whole message, as long as it may be. */
export function message(text: string): string {
  if (Buffer.byteLength(text) <= MOST_BYTES) return text;
  // The end may be within a character, of which nothing is left then.
  return `${Buffer.from(text)
    .subarray(0, MOST_BYTES)
    .toString()
    .replace(/\uFFFD+$/, '')}…`;
}
