import { connect } from 'node:net';

export interface RawRequest {
  /** On 127.0.0.1. */
  readonly port: number;
  /** Where the client comes from; any address of the loopback network. */
  readonly from?: string;
  /** Default `GET / HTTP/1.1`. */
  readonly line?: string;
  /** As written; with a Host unless they have one. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface RawAnswer {
  readonly status: number;
  /** The status line and the headers as they came. */
  readonly head: string;
  readonly body: Buffer;
}

/** Sends one request byte by byte as it is written, and reads until the server closes. */
export async function rawAnswerTo(request: RawRequest): Promise<RawAnswer> {
  const headers = { Host: 'raw.test', Connection: 'close', ...request.headers };
  const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  const text = [request.line ?? 'GET / HTTP/1.1', ...head, '', request.body ?? ''].join('\r\n');
  const received = await new Promise<Buffer>((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect({ host: '127.0.0.1', port: request.port, localAddress: request.from ?? '127.0.0.1' });
    socket.setTimeout(10_000, () => socket.destroy(new Error('timeout')));
    socket.on('connect', () => socket.write(text));
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.on('error', reject);
    socket.on('close', () => resolve(Buffer.concat(chunks)));
  });
  const end = received.indexOf('\r\n\r\n');
  const answered = received.subarray(0, end).toString('latin1');
  return {
    status: Number(/^HTTP\/1\.[01] (\d{3})/.exec(answered)?.[1]),
    head: answered,
    body: received.subarray(end + 4),
  };
}
