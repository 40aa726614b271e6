import { once } from 'node:events';
import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants } from 'node:http2';
import { connect as connectSocket, type Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { Writer } from 'protobufjs/minimal';
import { encode } from '../../../src/protos';
import { TYPE_URLS } from '../../../src/snapshot/snapshot';

const ADS = '/envoy.service.discovery.v3.AggregatedDiscoveryService/DeltaAggregatedResources';
const DELTA_REQUEST = 'envoy.service.discovery.v3.DeltaDiscoveryRequest';

/** What a hostile client does to a port in cleartext; resolves when it has done its worst, with what ends it. */
export type Attack = (port: number) => Promise<() => void>;

function framed(message: Uint8Array, declared = message.length, compressed = 0): Buffer {
  const header = Buffer.alloc(5);
  header[0] = compressed;
  header.writeUInt32BE(declared, 1);
  return Buffer.concat([header, message]);
}

async function session(port: number, settings = {}): Promise<ClientHttp2Session> {
  const client = connect(`http://127.0.0.1:${port}`, { settings });
  client.on('error', () => {});
  await once(client, 'connect');
  return client;
}

function open(client: ClientHttp2Session, path = ADS): ClientHttp2Stream {
  const stream = client.request(
    {
      [constants.HTTP2_HEADER_METHOD]: 'POST',
      [constants.HTTP2_HEADER_PATH]: path,
      'content-type': 'application/grpc',
      te: 'trailers',
    },
    { endStream: false },
  );
  stream.on('error', () => {});
  stream.resume();
  return stream;
}

/** Sends one message on a stream of its own, and waits for the server to end the stream. */
async function sent(port: number, bytes: Buffer): Promise<() => void> {
  const client = await session(port);
  const stream = open(client);
  stream.write(bytes);
  await once(stream, 'end');
  return () => client.destroy();
}

/** A request with the node and then whatever `more` writes. */
function request(more: (writer: Writer) => void, node = 'hostile'): Uint8Array {
  const writer = Writer.create();
  writer.uint32(10).bytes(Writer.create().uint32(10).string(node).finish());
  writer.uint32(18).string(TYPE_URLS.clusters);
  more(writer);
  return writer.finish();
}

/** Random but the same each time. */
function noise(length: number, seed: number): Buffer {
  let state = seed * 2_654_435_761 + 1;
  return Buffer.from(
    Array.from({ length }, () => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      return state >>> 24;
    }),
  );
}

/** A google.protobuf.Struct in a Struct in a Struct …, as node metadata. Written from the inside out. */
function deepMetadata(depth: number): Uint8Array {
  const pieces: Uint8Array[] = [];
  let length = 0;
  const before = (bytes: Uint8Array) => {
    pieces.push(bytes);
    length += bytes.length;
  };
  /** `Value.struct_value.fields["a"]` around all that is there. */
  const wrap = (outer: number) => {
    before(Writer.create().uint32(10).string('a').uint32(18).uint32(length).finish());
    before(Writer.create().uint32(10).uint32(length).finish());
    before(Writer.create().uint32(outer).uint32(length).finish());
  };
  before(Writer.create().uint32(26).string('end').finish());
  for (let level = 0; level < depth; level += 1) wrap(42);
  wrap(26);
  before(Writer.create().uint32(10).string('hostile').finish());
  before(Writer.create().uint32(10).uint32(length).finish());
  return Buffer.concat([...pieces.toReversed(), Writer.create().uint32(18).string(TYPE_URLS.clusters).finish()]);
}

async function sockets(port: number, count: number, first: Buffer): Promise<() => void> {
  const all: Socket[] = [];
  for (let index = 0; index < count; index += 1) {
    const socket = connectSocket(port, '127.0.0.1');
    socket.on('error', () => {});
    all.push(socket);
    // Connected, or already thrown out to make room.
    await Promise.race([once(socket, 'connect'), once(socket, 'close')]);
    if (first.length > 0) socket.write(first);
  }
  return () => all.forEach((socket) => socket.destroy());
}

/** A whole TLS record announced, its first bytes sent. */
const HALF_HELLO = Buffer.from([22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3]);

export const halfOpenHandshakes: Attack = (port) => sockets(port, 1_000, HALF_HELLO);
export const silentConnections: Attack = (port) => sockets(port, 1_000, Buffer.alloc(0));

/** Attacks on a port in cleartext, or by a client that has a certificate. */
export const ATTACKS: Readonly<Record<string, Attack>> = {
  'malformed protobuf, 500 messages of noise': async (port) => {
    const client = await session(port);
    for (let seed = 1; seed <= 500; seed += 1) {
      const stream = open(client);
      stream.end(framed(noise(1 + (seed % 300), seed)));
      await once(stream, 'close');
    }
    return () => client.destroy();
  },
  'a length of 2 GiB': (port) => sent(port, framed(Buffer.alloc(100), 2 ** 31)),
  'a message that says it is compressed': async (port) => {
    const client = await session(port);
    const message = request(() => {});
    open(client).write(framed(message, message.length, 1));
    return () => client.destroy();
  },
  'metadata 20,000 levels deep': (port) => sent(port, framed(deepMetadata(20_000))),
  'a name of 16 MB that is no UTF-8': async (port) => {
    const client = await session(port);
    open(client).write(framed(request((writer) => writer.uint32(26).bytes(Buffer.alloc(16_000_000, 0xff)))));
    return () => client.destroy();
  },
  'half a million names, each twice': async (port) => {
    const client = await session(port);
    const twice = request((writer) => {
      for (let index = 0; index < 1_000_000; index += 1) writer.uint32(26).string(`name-${index % 500_000}`);
    });
    open(client).write(framed(twice));
    return () => client.destroy();
  },
  'slow requests, a byte and no more': async (port) => {
    const clients = await Promise.all(Array.from({ length: 100 }, () => session(port)));
    for (const client of clients) for (let index = 0; index < 8; index += 1) open(client).write(Buffer.from([0]));
    return () => clients.forEach((client) => client.destroy());
  },
  'silent connections': silentConnections,
  'clients that never read': async (port) => {
    const clients = await Promise.all(Array.from({ length: 100 }, () => session(port, { initialWindowSize: 0 })));
    for (const [index, client] of clients.entries()) open(client).write(framed(request(() => {}, `deaf-${index}`)));
    return () => clients.forEach((client) => client.destroy());
  },
  'rapid reset, 10,000 streams': async (port) => {
    const client = await session(port);
    for (let index = 0; index < 10_000 && !client.destroyed; index += 1) {
      open(client).close(constants.NGHTTP2_CANCEL);
      if (index % 100 === 0) await turn();
    }
    return () => client.destroy();
  },
  'a flood of pings and settings': async (port) => {
    const client = await session(port);
    for (let index = 0; index < 20_000 && !client.destroyed; index += 1) {
      client.ping(() => {});
      if (index % 10 === 0) client.settings({ initialWindowSize: 65_535 + index }, () => {});
      if (index % 100 === 0) await turn();
    }
    return () => client.destroy();
  },
  'thousands of node ids, all refusing everything, with wrong nonces and phantom names': async (port) => {
    const client = await session(port);
    for (let index = 0; index < 3_000; index += 1) {
      const stream = open(client);
      const node = { id: `stranger-${index}`, cluster: 'x' };
      stream.write(framed(encode(DELTA_REQUEST, { node, type_url: TYPE_URLS.clusters })));
      const refusal = {
        type_url: TYPE_URLS.clusters,
        response_nonce: index % 2 === 0 ? '1' : 'wrong',
        error_detail: { code: 13, message: 'no' },
      };
      stream.write(framed(encode(DELTA_REQUEST, { ...refusal, resource_names_unsubscribe: ['phantom', '*'] })));
      stream.end(framed(encode(DELTA_REQUEST, refusal)));
      await once(stream, 'close');
    }
    return () => client.destroy();
  },
  'paths and headers of a megabyte': async (port) => {
    const client = await session(port);
    const stream = open(client, `/${'x'.repeat(60_000)}`);
    await once(stream, 'close');
    return () => client.destroy();
  },
};
