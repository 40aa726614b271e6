import type { Duplex } from 'node:stream';

/** Frame types (RFC 9113 §6). */
const DATA = 0;
const HEADERS = 1;
const RST_STREAM = 3;
const SETTINGS = 4;
const PING = 6;
const GOAWAY = 7;
const WINDOW_UPDATE = 8;
/** Flags. `END_STREAM` and `ACK` are the same bit, of different frames. */
const ACK = 0x1;
const END_STREAM = 0x1;
const END_HEADERS = 0x4;
const PADDED = 0x8;

const FRAME_HEADER = 9;
const MAX_FRAME = 16_384;
const DEFAULT_WINDOW = 65_535;
const INITIAL_WINDOW_SIZE = 4;
/** Envoy's windows, of the connection and of a stream (`initial_stream_window_size`). */
const WINDOW = 256 * 1024 * 1024 - 1;
const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
const STREAM = 1;
const CONNECTION = 0;

export interface CallEvents {
  data(chunk: Buffer): void;
  broken(reason: string): void;
}

/**
 * One gRPC call on a connection of its own, with as little of HTTP/2 as that takes: a thousand sessions of Node's own client cost more
 * than the server that is measured, on the same cores.
 */
export class Http2Call {
  readonly #socket: Duplex;
  readonly #events: CallEvents;
  /** What was received of a frame that is not complete. */
  #rest: Buffer = Buffer.alloc(0);
  /** Bytes left of a DATA frame, which is passed on as it comes. */
  #data = 0;
  #received = 0;
  #sendable = { [CONNECTION]: DEFAULT_WINDOW, [STREAM]: DEFAULT_WINDOW };
  #initialWindow = DEFAULT_WINDOW;
  readonly #waiting: Buffer[] = [];

  /** Writes at once; a socket that still connects keeps it. */
  constructor(socket: Duplex, authority: string, path: string, events: CallEvents) {
    this.#socket = socket;
    this.#events = events;
    const setting = Buffer.alloc(6);
    setting.writeUInt16BE(INITIAL_WINDOW_SIZE);
    setting.writeUInt32BE(WINDOW, 2);
    socket.write(
      Buffer.concat([
        PREFACE,
        frame(SETTINGS, 0, CONNECTION, setting),
        windowUpdate(CONNECTION, WINDOW - DEFAULT_WINDOW),
        frame(HEADERS, END_HEADERS, STREAM, headerBlock(authority, path)),
      ]),
    );
    socket.on('data', (chunk: Buffer) => this.#read(chunk));
    socket.on('error', (error) => events.broken(error.message));
    socket.on('close', () => events.broken('closed'));
  }

  write(parts: readonly Buffer[]): void {
    for (const part of parts) if (part.length > 0) this.#waiting.push(part);
    this.#send();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #send(): void {
    const out: Buffer[] = [];
    for (let part = this.#waiting.shift(); part !== undefined; part = this.#waiting.shift()) {
      const room = Math.min(MAX_FRAME, this.#sendable[STREAM], this.#sendable[CONNECTION]);
      if (room <= 0) {
        this.#waiting.unshift(part);
        break;
      }
      const piece = part.subarray(0, room);
      if (piece.length < part.length) this.#waiting.unshift(part.subarray(piece.length));
      this.#sendable[STREAM] -= piece.length;
      this.#sendable[CONNECTION] -= piece.length;
      out.push(frameHeader(piece.length, DATA, 0, STREAM), piece);
    }
    if (out.length > 0) this.#socket.write(Buffer.concat(out));
  }

  #read(chunk: Buffer): void {
    let input = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    for (;;) {
      if (this.#data > 0) {
        const piece = input.subarray(0, this.#data);
        this.#data -= piece.length;
        input = input.subarray(piece.length);
        if (piece.length > 0) this.#events.data(piece);
        if (this.#data > 0) break;
      }
      if (input.length < FRAME_HEADER) break;
      const length = input.readUIntBE(0, 3);
      const [type = 0, flags = 0] = [input[3], input[4]];
      if (type === DATA) {
        if ((flags & (PADDED | END_STREAM)) !== 0) return this.#events.broken('the stream ended, or is padded');
        input = input.subarray(FRAME_HEADER);
        this.#data = length;
        this.#giveBack(length);
        continue;
      }
      if (input.length < FRAME_HEADER + length) break;
      this.#control(type, flags, input.readUInt32BE(5), input.subarray(FRAME_HEADER, FRAME_HEADER + length));
      input = input.subarray(FRAME_HEADER + length);
    }
    this.#rest = input;
  }

  #control(type: number, flags: number, stream: number, payload: Buffer): void {
    if (type === SETTINGS && (flags & ACK) === 0) {
      this.#applySettings(payload);
      this.#socket.write(frame(SETTINGS, ACK, CONNECTION, Buffer.alloc(0)));
    } else if (type === PING && (flags & ACK) === 0) this.#socket.write(frame(PING, ACK, CONNECTION, payload));
    else if (type === WINDOW_UPDATE) {
      this.#sendable[stream === CONNECTION ? CONNECTION : STREAM] += payload.readUInt32BE(0);
      this.#send();
    } else if (type === HEADERS && (flags & END_STREAM) !== 0) this.#events.broken('ended by the server');
    else if (type === RST_STREAM || type === GOAWAY) this.#events.broken(`frame ${type} of the server`);
  }

  #applySettings(payload: Buffer): void {
    for (let at = 0; at + 6 <= payload.length; at += 6) {
      if (payload.readUInt16BE(at) !== INITIAL_WINDOW_SIZE) continue;
      const size = payload.readUInt32BE(at + 2);
      this.#sendable[STREAM] += size - this.#initialWindow;
      this.#initialWindow = size;
    }
    this.#send();
  }

  /** Lets the server send as much again, now and then. */
  #giveBack(bytes: number): void {
    this.#received += bytes;
    if (this.#received < WINDOW / 2) return;
    this.#socket.write(Buffer.concat([windowUpdate(CONNECTION, this.#received), windowUpdate(STREAM, this.#received)]));
    this.#received = 0;
  }
}

function frameHeader(length: number, type: number, flags: number, stream: number): Buffer {
  const header = Buffer.allocUnsafe(FRAME_HEADER);
  header.writeUIntBE(length, 0, 3);
  header[3] = type;
  header[4] = flags;
  header.writeUInt32BE(stream, 5);
  return header;
}

function frame(type: number, flags: number, stream: number, payload: Buffer): Buffer {
  return Buffer.concat([frameHeader(payload.length, type, flags, stream), payload]);
}

function windowUpdate(stream: number, increment: number): Buffer {
  const payload = Buffer.alloc(4);
  payload.writeUInt32BE(increment);
  return frame(WINDOW_UPDATE, 0, stream, payload);
}

/** Fields of the static table of HPACK (RFC 7541, Appendix A), as a whole or by name. */
const METHOD_POST = 0x83;
const SCHEME_HTTP = 0x86;
const AUTHORITY_NAME = 0x01;
const PATH_NAME = 0x04;
/** 31, as an integer with a prefix of four bits. */
const CONTENT_TYPE_NAME = [0x0f, 0x10];

function headerBlock(authority: string, path: string): Buffer {
  return Buffer.concat([
    Buffer.from([METHOD_POST, SCHEME_HTTP, PATH_NAME]),
    literal(path),
    Buffer.from([AUTHORITY_NAME]),
    literal(authority),
    Buffer.from(CONTENT_TYPE_NAME),
    literal('application/grpc'),
    Buffer.from([0x00]),
    literal('te'),
    literal('trailers'),
  ]);
}

/** Not Huffman coded; shorter than 127 bytes. */
function literal(text: string): Buffer {
  return Buffer.concat([Buffer.from([text.length]), Buffer.from(text)]);
}
