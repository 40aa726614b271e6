import { Writer } from 'protobufjs/minimal';
import { type ResourceType, TYPE_URLS } from '../../src/snapshot/snapshot';
import { clusterName, LISTENERS, routeName, SECRETS, secretName } from './resources';
import type { ResponseHead } from './response-reader';

export type Protocol = 'sotw' | 'delta';

const key = (field: number): number => (field << 3) | 2;
const NODE = { id: key(1), cluster: key(2) };
/** `envoy.service.discovery.v3.DiscoveryRequest` */
const SOTW = { version: key(1), node: key(2), names: key(3), typeUrl: key(4), nonce: key(5) };
/** `envoy.service.discovery.v3.DeltaDiscoveryRequest` */
const DELTA = { node: key(1), typeUrl: key(2), names: key(3), nonce: key(6) };
const GRPC_HEADER_BYTES = 5;
const NO_NAMES = Buffer.alloc(0);

/**
 * What every simulated Envoy of a run asks for, and how much of it there is. The lists of names are encoded once for all of them; a
 * request is what is written in turn: gRPC's header with the fields before the names, the names, and the fields after them.
 */
export class Demand {
  readonly protocol: Protocol;
  readonly expected: Readonly<Partial<Record<ResourceType, number>>>;
  readonly #names: Readonly<Partial<Record<ResourceType, Buffer>>>;

  /** @param clusters Zero: secrets only. */
  constructor(protocol: Protocol, clusters: number) {
    this.protocol = protocol;
    this.#names = {
      endpoints: encodedNames(clusters, clusterName),
      secrets: encodedNames(SECRETS, secretName),
      routes: encodedNames(LISTENERS, routeName),
    };
    const all = { clusters, endpoints: clusters, secrets: SECRETS, listeners: LISTENERS, routes: LISTENERS };
    this.expected = clusters === 0 ? { secrets: SECRETS } : all;
  }

  /** The first request of a type, with the node on the first of a stream. */
  first(type: ResourceType, node?: string): readonly Buffer[] {
    const names = this.#names[type] ?? NO_NAMES;
    const head = Writer.create();
    if (this.protocol === 'delta') {
      writeNode(head, DELTA.node, node);
      return framed(head.uint32(DELTA.typeUrl).string(TYPE_URLS[type]), names, Writer.create());
    }
    writeNode(head, SOTW.node, node);
    return framed(head, names, Writer.create().uint32(SOTW.typeUrl).string(TYPE_URLS[type]));
  }

  ack(type: ResourceType, { version, nonce }: ResponseHead): readonly Buffer[] {
    const head = Writer.create();
    if (this.protocol === 'delta') {
      head.uint32(DELTA.typeUrl).string(TYPE_URLS[type]);
      return framed(head, NO_NAMES, Writer.create().uint32(DELTA.nonce).string(nonce));
    }
    const tail = Writer.create().uint32(SOTW.typeUrl).string(TYPE_URLS[type]).uint32(SOTW.nonce).string(nonce);
    return framed(head.uint32(SOTW.version).string(version), this.#names[type] ?? NO_NAMES, tail);
  }
}

function writeNode(writer: Writer, field: number, id: string | undefined): void {
  if (id === undefined) return;
  writer.uint32(field).fork().uint32(NODE.id).string(id).uint32(NODE.cluster).string('bench').ldelim();
}

/** The field has the same number in both protocols. */
function encodedNames(count: number, name: (index: number) => string): Buffer {
  const writer = Writer.create();
  for (let index = 0; index < count; index += 1) writer.uint32(SOTW.names).string(name(index));
  return Buffer.from(writer.finish());
}

function framed(head: Writer, names: Buffer, tail: Writer): readonly Buffer[] {
  const header = Buffer.alloc(GRPC_HEADER_BYTES);
  header.writeUInt32BE(head.len + names.length + tail.len, 1);
  if (names.length === 0) return [Buffer.concat([header, head.finish(), tail.finish()])];
  return [Buffer.concat([header, head.finish()]), names, Buffer.from(tail.finish())];
}
