import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';

const TYPE_A = 1;
const NAME_ERROR = 3;
const HEADER_BYTES = 12;

/** Answers A queries (RFC 1035 §4) for names of a test, so that an Envoy can resolve them without anybody's /etc/hosts. */
export class DnsServer {
  readonly #socket: Socket;

  private constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** @param names IPv4 addresses by name */
  static async start(names: Readonly<Record<string, string>>): Promise<DnsServer> {
    const socket = createSocket('udp4');
    socket.on('message', (query, { port, address }) => socket.send(answer(query, names), port, address));
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    return new DnsServer(socket);
  }

  /** What makes an Envoy ask this server: a part of its bootstrap. */
  get bootstrap(): object {
    const { address, port } = this.#socket.address();
    return {
      typed_dns_resolver_config: {
        name: 'envoy.network.dns_resolver.cares',
        typed_config: {
          '@type': 'type.googleapis.com/envoy.extensions.network.dns_resolver.cares.v3.CaresDnsResolverConfig',
          resolvers: [{ socket_address: { address, port_value: port } }],
          dns_resolver_options: { no_default_search_domain: true },
        },
      },
    };
  }

  async stop(): Promise<void> {
    const closed = once(this.#socket, 'close');
    this.#socket.close();
    await closed;
  }
}

function answer(query: Buffer, names: Readonly<Record<string, string>>): Buffer {
  const { name, type, end } = readQuestion(query);
  const address = names[name];
  const records = address !== undefined && type === TYPE_A ? [aRecord(address)] : [];
  const header = Buffer.from(query.subarray(0, HEADER_BYTES));
  // A response, authoritative, with the query's wish for recursion.
  header.writeUInt16BE(0x8480 | (query.readUInt16BE(2) & 0x0100) | (address === undefined ? NAME_ERROR : 0), 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(records.length, 6);
  header.writeUInt32BE(0, 8);
  return Buffer.concat([header, query.subarray(HEADER_BYTES, end), ...records]);
}

function readQuestion(query: Buffer): { readonly name: string; readonly type: number; readonly end: number } {
  const labels: string[] = [];
  let at = HEADER_BYTES;
  for (let length = query.readUInt8(at); length > 0; length = query.readUInt8(at)) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length).toLowerCase());
    at += 1 + length;
  }
  return { name: labels.join('.'), type: query.readUInt16BE(at + 1), end: at + 5 };
}

/** For the name of the question, for a second. */
function aRecord(address: string): Buffer {
  return Buffer.from([0xc0, HEADER_BYTES, 0, TYPE_A, 0, 1, 0, 0, 0, 1, 0, 4, ...address.split('.').map(Number)]);
}
