/** The head of a discovery response, and how much was in it. */
export interface ResponseHead {
  readonly version: string;
  readonly typeUrl: string;
  readonly nonce: string;
  readonly resources: number;
}

/** Field numbers of `DiscoveryResponse` and `DeltaDiscoveryResponse`. */
const VERSION = 1;
const RESOURCE = 2;
const TYPE_URL = 4;
const NONCE = 5;
const GRPC_HEADER = 5;
/** A varint of 32 bits. */
const MAX_VARINT = 5;

type Need = 'header' | 'key' | 'length' | 'payload';

/**
 * Reads gRPC messages off an HTTP/2 stream without keeping or copying them: resources are counted and passed over. What a
 * message costs here is next to nothing, so that the server is what is measured.
 */
export class ResponseReader {
  readonly #onResponse: (head: ResponseHead) => void;
  readonly #small = Buffer.alloc(16);
  #need: Need = 'header';
  #filled = 0;
  /** Bytes left of the message, and of the field. */
  #message = 0;
  #field = 0;
  #number = 0;
  #kept: Buffer[] | undefined;
  #texts = new Map<number, string>();
  #resources = 0;
  bytes = 0;

  constructor(onResponse: (head: ResponseHead) => void) {
    this.#onResponse = onResponse;
  }

  push(chunk: Buffer): void {
    this.bytes += chunk.length;
    let at = 0;
    while (at < chunk.length) at = this.#step(chunk, at);
  }

  #step(chunk: Buffer, at: number): number {
    switch (this.#need) {
      case 'header':
        return this.#header(chunk, at);
      case 'key':
      case 'length':
        return this.#varint(chunk, at);
      case 'payload':
        return this.#payload(chunk, at);
    }
  }

  #header(chunk: Buffer, at: number): number {
    const taken = Math.min(GRPC_HEADER - this.#filled, chunk.length - at);
    chunk.copy(this.#small, this.#filled, at, at + taken);
    this.#filled += taken;
    if (this.#filled === GRPC_HEADER) {
      this.#filled = 0;
      this.#message = this.#small.readUInt32BE(1);
      this.#need = 'key';
      if (this.#message === 0) this.#end();
    }
    return at + taken;
  }

  #varint(chunk: Buffer, at: number): number {
    const byte = chunk[at] ?? 0;
    this.#small[this.#filled] = byte;
    this.#filled += 1;
    this.#message -= 1;
    if (byte >= 0x80) {
      if (this.#filled === MAX_VARINT) throw new Error('a varint is too long');
      return at + 1;
    }
    let value = 0;
    for (let index = this.#filled - 1; index >= 0; index -= 1) value = value * 128 + ((this.#small[index] ?? 0) & 0x7f);
    this.#filled = 0;
    if (this.#need === 'key') {
      this.#number = value >> 3;
      this.#need = 'length';
    } else {
      this.#field = value;
      this.#kept = [VERSION, TYPE_URL, NONCE].includes(this.#number) ? [] : undefined;
      this.#need = 'payload';
      if (value === 0) this.#endField();
    }
    return at + 1;
  }

  #payload(chunk: Buffer, at: number): number {
    const taken = Math.min(this.#field, chunk.length - at);
    this.#kept?.push(chunk.subarray(at, at + taken));
    this.#field -= taken;
    this.#message -= taken;
    if (this.#field === 0) this.#endField();
    return at + taken;
  }

  #endField(): void {
    if (this.#number === RESOURCE) this.#resources += 1;
    if (this.#kept !== undefined) this.#texts.set(this.#number, Buffer.concat(this.#kept).toString('utf8'));
    this.#need = 'key';
    if (this.#message === 0) this.#end();
  }

  #end(): void {
    this.#need = 'header';
    const text = (number: number) => this.#texts.get(number) ?? '';
    const head = { version: text(VERSION), typeUrl: text(TYPE_URL), nonce: text(NONCE), resources: this.#resources };
    this.#texts = new Map();
    this.#resources = 0;
    this.#onResponse(head);
  }
}
