/** An odd multiplier (Knuth's) for the rolling hash. */
const MULTIPLIER = 2_654_435_761;

/**
 * Finds any of very many short texts of one length in a long one, in one pass: a rolling hash rules out nearly every place (Rabin and
 * Karp), and only what is left is looked up.
 */
export class WindowIndex {
  readonly #length: number;
  readonly #leaving: number;
  readonly #shift: number;
  readonly #bits: Uint8Array;
  readonly #names = new Map<string, string>();

  /**
   * @param length of each text, in characters
   * @param bits of the filter as a power of two, 10–30; eight bits for each text rule out seven places of eight
   */
  constructor(length: number, bits = 18) {
    this.#length = length;
    this.#shift = 32 - bits;
    this.#bits = new Uint8Array(2 ** (bits - 3));
    let power = 1;
    for (let count = 0; count < length; count += 1) power = Math.imul(power, MULTIPLIER);
    this.#leaving = power;
  }

  /** Adds every window of the text that begins at a multiple of `stride`, and the last. */
  add(text: string, name: string, stride = 1): void {
    const last = text.length - this.#length;
    for (let at = 0; at <= last; at += stride) this.#set(text.slice(at, at + this.#length), name);
    if (last >= 0) this.#set(text.slice(last), name);
  }

  /** The names of all windows that are in the text. */
  namesIn(text: string): ReadonlySet<string> {
    const found = new Set<string>();
    let hash = 0;
    for (let at = 0; at < text.length; at += 1) {
      hash = (Math.imul(hash, MULTIPLIER) + text.charCodeAt(at)) | 0;
      const start = at - this.#length + 1;
      if (start > 0) hash = (hash - Math.imul(text.charCodeAt(start - 1), this.#leaving)) | 0;
      if (start < 0 || !this.#has(hash)) continue;
      const name = this.#names.get(text.slice(start, at + 1));
      if (name !== undefined) found.add(name);
    }
    return found;
  }

  #set(window: string, name: string): void {
    let hash = 0;
    for (let at = 0; at < window.length; at += 1) hash = (Math.imul(hash, MULTIPLIER) + window.charCodeAt(at)) | 0;
    const bit = hash >>> this.#shift;
    this.#bits[bit >>> 3] = (this.#bits[bit >>> 3] ?? 0) | (1 << (bit & 7));
    this.#names.set(window, name);
  }

  #has(hash: number): boolean {
    const bit = hash >>> this.#shift;
    return ((this.#bits[bit >>> 3] ?? 0) & (1 << (bit & 7))) !== 0;
  }
}
