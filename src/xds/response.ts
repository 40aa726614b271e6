import { Writer } from 'protobufjs/minimal';
import { type Resource, TYPE_URLS } from '../snapshot/snapshot';
import type { Batch } from './protocol/batch';
import type { Outgoing } from './protocol/outgoing';

const LENGTH_DELIMITED = 2;
const key = (field: number): number => (field << 3) | LENGTH_DELIMITED;

/** Field keys of `envoy.service.discovery.v3.DiscoveryResponse`. */
const SOTW = { version: key(1), resource: key(2), typeUrl: key(4), nonce: key(5), controlPlane: key(6) };
/** Field keys of `envoy.service.discovery.v3.DeltaDiscoveryResponse` and its `Resource`. */
const DELTA = {
  version: key(1),
  resource: key(2),
  typeUrl: key(4),
  nonce: key(5),
  removed: key(6),
  controlPlane: key(7),
};
const RESOURCE = { version: key(1), any: key(2), name: key(3) };
const CONTROL_PLANE_IDENTIFIER = key(1);

/** The part of a response that is the same for every stream that is sent this batch. */
const bodies = { sotw: new WeakMap<Batch, Buffer>(), delta: new WeakMap<Batch, Buffer>() };
const deltaResources = new WeakMap<Resource, Buffer>();

/**
 * Puts a response together from resources that are already encoded. Messages of protocol buffers are concatenations of
 * their fields, so the shared part is encoded once and only the envelope differs between streams.
 */
export function encodeResponse(out: Outgoing, identifier: string): Buffer {
  return Buffer.concat(responseParts(out, identifier));
}

/** The envelope, which is this stream's own, and the body, which is the same object for every stream that is sent the batch. */
export function responseParts(out: Outgoing, identifier: string): readonly [Buffer, Buffer] {
  return [
    finish(out.protocol === 'sotw' ? sotwEnvelope(out, identifier) : deltaEnvelope(out, identifier)),
    bodyOf(out),
  ];
}

function sotwEnvelope(out: Outgoing, identifier: string): Writer {
  const writer = Writer.create();
  writer.uint32(SOTW.version).string(out.version);
  writer.uint32(SOTW.typeUrl).string(TYPE_URLS[out.type]);
  writer.uint32(SOTW.nonce).string(out.nonce);
  controlPlane(writer, SOTW.controlPlane, identifier);
  return writer;
}

function deltaEnvelope(out: Outgoing, identifier: string): Writer {
  const writer = Writer.create();
  writer.uint32(DELTA.version).string(out.version);
  writer.uint32(DELTA.typeUrl).string(TYPE_URLS[out.type]);
  writer.uint32(DELTA.nonce).string(out.nonce);
  for (const name of out.removed) writer.uint32(DELTA.removed).string(name);
  controlPlane(writer, DELTA.controlPlane, identifier);
  return writer;
}

function bodyOf({ protocol, batch }: Outgoing): Buffer {
  let body = bodies[protocol].get(batch);
  if (body === undefined) {
    body = protocol === 'sotw' ? sotwBody(batch) : Buffer.concat(batch.list.map(deltaResource));
    bodies[protocol].set(batch, body);
  }
  return body;
}

function sotwBody({ list }: Batch): Buffer {
  const writer = Writer.create();
  for (const { any } of list) writer.uint32(SOTW.resource).bytes(any);
  return finish(writer);
}

/** One `resources` field of a delta response, its key included. */
function deltaResource(resource: Resource): Buffer {
  let bytes = deltaResources.get(resource);
  if (bytes === undefined) {
    const writer = Writer.create().uint32(DELTA.resource).fork();
    writer.uint32(RESOURCE.version).string(resource.version);
    writer.uint32(RESOURCE.any).bytes(resource.any);
    writer.uint32(RESOURCE.name).string(resource.name);
    deltaResources.set(resource, (bytes = finish(writer.ldelim())));
  }
  return bytes;
}

function controlPlane(writer: Writer, field: number, identifier: string): void {
  writer.uint32(field).fork().uint32(CONTROL_PLANE_IDENTIFIER).string(identifier).ldelim();
}

function finish(writer: Writer): Buffer {
  const bytes = writer.finish();
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
