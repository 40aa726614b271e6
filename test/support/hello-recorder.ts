import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';

/** What a ClientHello says (RFC 8446 §4.1.2), without what is random. Numbers are as on the wire. */
export interface ClientHello {
  readonly serverName?: string;
  readonly alpnProtocols: readonly string[];
  readonly versions: readonly number[];
  readonly cipherSuites: readonly number[];
  readonly groups: readonly number[];
  readonly signatureAlgorithms: readonly number[];
}

const SERVER_NAME = 0;
const GROUPS = 10;
const SIGNATURES = 13;
const ALPN = 16;
const VERSIONS = 43;

/** Takes connections, writes down the ClientHello of each, and closes them. */
export class HelloRecorder {
  /** Oldest first. */
  readonly hellos: readonly ClientHello[];
  readonly #server: Server;

  private constructor(server: Server, hellos: readonly ClientHello[]) {
    this.#server = server;
    this.hellos = hellos;
  }

  static async start(): Promise<HelloRecorder> {
    const hellos: ClientHello[] = [];
    const server = createServer((socket) => {
      let bytes = Buffer.alloc(0);
      socket.on('error', () => socket.destroy());
      socket.on('data', (chunk: Buffer) => {
        bytes = Buffer.concat([bytes, chunk]);
        if (bytes.length < 5 || bytes.length < 5 + bytes.readUInt16BE(3)) return;
        hellos.push(parse(bytes.subarray(5)));
        socket.destroy();
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new HelloRecorder(server, hellos);
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    await closed;
  }
}

function parse(message: Buffer): ClientHello {
  // Type and length (4), version (2), random (32), session.
  const session = 38;
  const suites = session + 1 + message.readUInt8(session);
  const compression = suites + 2 + message.readUInt16BE(suites);
  const begin = compression + 1 + message.readUInt8(compression);
  const extensions = new Map<number, Buffer>();
  for (let at = begin + 2; at < begin + 2 + message.readUInt16BE(begin); ) {
    const length = message.readUInt16BE(at + 2);
    extensions.set(message.readUInt16BE(at), message.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  const name = extensions.get(SERVER_NAME)?.subarray(5).toString('latin1');
  return {
    ...(name !== undefined && { serverName: name }),
    alpnProtocols: strings(extensions.get(ALPN)?.subarray(2)),
    versions: numbers(extensions.get(VERSIONS)?.subarray(1)),
    cipherSuites: numbers(message.subarray(suites + 2, compression)),
    groups: numbers(extensions.get(GROUPS)?.subarray(2)),
    signatureAlgorithms: numbers(extensions.get(SIGNATURES)?.subarray(2)),
  };
}

function numbers(bytes: Buffer = Buffer.alloc(0)): number[] {
  return Array.from({ length: bytes.length / 2 }, (_, index) => bytes.readUInt16BE(2 * index));
}

function strings(bytes: Buffer = Buffer.alloc(0)): string[] {
  const found: string[] = [];
  for (let at = 0; at < bytes.length; at += 1 + bytes.readUInt8(at))
    found.push(bytes.subarray(at + 1, at + 1 + bytes.readUInt8(at)).toString('latin1'));
  return found;
}
