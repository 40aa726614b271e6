import type { ServerHttp2Stream } from 'node:http2';
import { Metadata, type ServerDuplexStream } from '@grpc/grpc-js';
import { invariant } from '../diagnostics/invariant';

/** Length-Prefixed-Message of gRPC over HTTP/2: a byte for compression, which there is none of, and the length. */
const PREFIX_BYTES = 5;

/**
 * Writes gRPC messages in parts onto the HTTP/2 stream of a call. grpc-js would copy each message twice, which makes a thousand
 * copies of what a thousand streams are sent; so a part that many streams share stays one buffer, however many of them have
 * not read it yet. grpc-js has no public way there: its version is pinned, and a test stands over this.
 */
export class MessageStream {
  readonly #call: ServerDuplexStream<unknown, unknown>;
  readonly #stream: ServerHttp2Stream;

  constructor(call: ServerDuplexStream<unknown, unknown>) {
    this.#call = call;
    this.#stream = http2StreamOf(call);
  }

  /** Returns whether there is room for more. */
  write(parts: readonly Buffer[]): boolean {
    if (this.#stream.destroyed || this.#stream.writableEnded) return true;
    if (!this.#stream.headersSent) this.#call.sendMetadata(new Metadata());
    const prefix = Buffer.alloc(PREFIX_BYTES);
    prefix.writeUInt32BE(
      parts.reduce((length, part) => length + part.length, 0),
      1,
    );
    this.#stream.cork();
    this.#stream.write(prefix);
    for (const part of parts) if (part.length > 0) this.#stream.write(part);
    this.#stream.uncork();
    return !this.#stream.writableNeedDrain;
  }

  onDrain(listener: () => void): void {
    this.#stream.on('drain', listener);
  }

  /** Resets the stream, whatever waits in it. */
  abort(): void {
    this.#stream.destroy();
  }
}

/**
 * Takes no new streams on the connection under a call (GOAWAY); it ends when those that are open have. Envoy would try again
 * on the same connection, with the same certificate, though it may have another by now.
 */
export function retireConnection(call: object): void {
  const { session } = http2StreamOf(call);
  if (session !== undefined && !session.closed) session.close();
}

/** The HTTP/2 stream of a call of grpc-js, which has no public way there. */
export function http2StreamOf(call: object): ServerHttp2Stream {
  const inner: unknown = 'call' in call ? call.call : undefined;
  const stream: unknown = typeof inner === 'object' && inner !== null && 'stream' in inner ? inner.stream : undefined;
  invariant(isHttp2Stream(stream), 'a gRPC call without an HTTP/2 stream');
  return stream;
}

function isHttp2Stream(stream: unknown): stream is ServerHttp2Stream {
  return typeof stream === 'object' && stream !== null && 'headersSent' in stream && 'cork' in stream;
}
