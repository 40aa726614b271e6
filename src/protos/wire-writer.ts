const CHUNK = 1 << 16;

/** Shorter texts are written faster character by character than by a call into Node. */
const SHORT_TEXT = 64;

/**
 * Bytes in protobuf’s wire format (protobuf.dev, "Encoding"). A length stands before what it measures, so a value of unknown
 * length begins with `open` and ends with `close`, which puts the length in.
 */
export class WireWriter {
  #bytes = Buffer.allocUnsafe(CHUNK);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** A copy of what was written since `start`. */
  since(start: number): Buffer {
    const copy = Buffer.allocUnsafe(this.#length - start);
    copy.set(this.#bytes.subarray(start, this.#length));
    return copy;
  }

  /** Forgets what was written since `start`. */
  rewind(start: number): void {
    this.#length = start;
  }

  /** A whole number from 0 to 2^32 - 1. */
  varint(value: number): void {
    this.#reserve(5);
    if (value <= 0x7f) this.#bytes[this.#length++] = value;
    else this.#length = putVarint(this.#bytes, this.#length, value);
  }

  /** The 64 bits of a number in two's complement; a negative one is as large as any. */
  varint64(value: bigint): void {
    this.#reserve(10);
    let rest = BigInt.asUintN(64, value);
    for (; rest > 0x7fn; rest >>= 7n) this.#bytes[this.#length++] = Number(rest & 0x7fn) | 0x80;
    this.#bytes[this.#length++] = Number(rest);
  }

  float(value: number): void {
    this.#reserve(4);
    this.#length = this.#bytes.writeFloatLE(value, this.#length);
  }

  double(value: number): void {
    this.#reserve(8);
    this.#length = this.#bytes.writeDoubleLE(value, this.#length);
  }

  /** With its length before it, in UTF-8. */
  text(value: string): void {
    const start = this.open();
    // A UTF-16 code unit takes at most three bytes.
    this.#reserve(value.length * 3);
    if (value.length > SHORT_TEXT || !this.#ascii(value))
      this.#length = start + 1 + this.#bytes.write(value, start + 1);
    this.close(start);
  }

  /** With their length before them. */
  bytes(value: Uint8Array): void {
    this.varint(value.length);
    this.raw(value);
  }

  /** As they are. */
  raw(value: Uint8Array): void {
    this.#reserve(value.length);
    this.#bytes.set(value, this.#length);
    this.#length += value.length;
  }

  /** Begins a value of unknown length; `close` takes what this returns. */
  open(): number {
    this.#reserve(1);
    return this.#length++;
  }

  close(start: number): void {
    const length = this.#length - start - 1;
    if (length <= 0x7f) {
      this.#bytes[start] = length;
      return;
    }
    const more = sizeOfVarint(length) - 1;
    this.#reserve(more);
    this.#bytes.copyWithin(start + 1 + more, start + 1, this.#length);
    this.#length += more;
    putVarint(this.#bytes, start, length);
  }

  /** Whether the text is plain ASCII; if so, it is written. */
  #ascii(value: string): boolean {
    const bytes = this.#bytes;
    let at = this.#length;
    for (let index = 0; index < value.length; index += 1) {
      const code = value.charCodeAt(index);
      if (code > 0x7f) return false;
      bytes[at++] = code;
    }
    this.#length = at;
    return true;
  }

  #reserve(more: number): void {
    const needed = this.#length + more;
    if (needed <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafe(Math.max(needed, this.#bytes.length * 2));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
  }
}

function putVarint(bytes: Buffer, at: number, value: number): number {
  let rest = value;
  for (; rest > 0x7f; rest >>>= 7) bytes[at++] = (rest & 0x7f) | 0x80;
  bytes[at++] = rest;
  return at;
}

function sizeOfVarint(value: number): number {
  let size = 1;
  for (let rest = value >>> 7; rest > 0; rest >>>= 7) size += 1;
  return size;
}
