import { readFileSync } from 'node:fs';
import { createServer, type ServerHttp2Stream } from 'node:http2';
import { Writer } from 'protobufjs/minimal';
import { RESOURCE_TYPES, type ResourceType, TYPE_URLS } from '../../src/snapshot/snapshot';
import type { Protocol } from './demand';

/** What a bare process is told on its command line, as JSON. */
export interface Baring {
  readonly protocol: Protocol;
  /** A line for each resource: type, name, and the message in base64. */
  readonly resources: string;
}

const GRPC_HEADER = 5;
const WINDOW = 256 * 1024 * 1024 - 1;
const PREFIX = Buffer.from('type.googleapis.com/');
const key = (field: number): number => (field << 3) | 2;

/**
 * The least that a program in Node can do for the same streams: HTTP/2 as Node has it, one response for each type that a stream asks
 * for first, made beforehand, and nothing read of what it says beside the type. There are no versions, no acknowledgements, no access, no
 * gRPC library. What this needs no xDS server in TypeScript can go below.
 */
function main(): void {
  const { protocol, resources } = JSON.parse(process.argv[2] ?? '{}') as Baring;
  const responses = responsesOf(protocol, readFileSync(resources, 'utf8'));
  const server = createServer({ settings: { initialWindowSize: WINDOW } });
  server.on('stream', (stream) => serve(stream, responses));
  server.on('session', (session) => session.on('error', () => {}));
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    process.stdout.write(`${JSON.stringify({ port })}\n`);
  });
}

function serve(stream: ServerHttp2Stream, responses: ReadonlyMap<string, Buffer>): void {
  stream.respond({ ':status': 200, 'content-type': 'application/grpc' });
  stream.on('error', () => {});
  const answered = new Set<string>();
  let rest: Buffer = Buffer.alloc(0);
  stream.on('data', (chunk: Buffer) => {
    let input = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    while (input.length >= GRPC_HEADER && input.length >= GRPC_HEADER + input.readUInt32BE(1)) {
      const end = GRPC_HEADER + input.readUInt32BE(1);
      const url = typeUrlIn(input.subarray(GRPC_HEADER, end));
      input = input.subarray(end);
      const response = responses.get(url);
      if (response === undefined || answered.has(url)) continue;
      answered.add(url);
      stream.write(response);
    }
    rest = input;
  });
}

/** It stands after all names, or before them, with its length in the byte before. */
function typeUrlIn(request: Buffer): string {
  const at = request.lastIndexOf(PREFIX);
  return at < 1 ? '' : request.toString('latin1', at, at + (request[at - 1] ?? 0));
}

/** By type URL: a gRPC message with everything of the type. */
function responsesOf(protocol: Protocol, lines: string): ReadonlyMap<string, Buffer> {
  const byType = new Map<string, Writer>(RESOURCE_TYPES.map((type) => [type, Writer.create()]));
  for (const line of lines.split('\n')) {
    const [type = '', name = '', message = ''] = line.split(' ');
    const body = byType.get(type);
    const any = Buffer.from(message, 'base64');
    if (protocol === 'sotw') body?.uint32(key(2)).bytes(any);
    else
      body
        ?.uint32(key(2))
        .fork()
        .uint32(key(1))
        .string('1')
        .uint32(key(2))
        .bytes(any)
        .uint32(key(3))
        .string(name)
        .ldelim();
  }
  return new Map(
    [...byType].map(([type, body]) => {
      const url = TYPE_URLS[type as ResourceType];
      body.uint32(key(4)).string(url).uint32(key(5)).string('1');
      const header = Buffer.alloc(GRPC_HEADER);
      header.writeUInt32BE(body.len, 1);
      return [url, Buffer.concat([header, body.finish()])];
    }),
  );
}

main();
