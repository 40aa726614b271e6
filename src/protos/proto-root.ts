import { descriptors } from '@envoyproxy/protos';
// The part of protobufjs without its parser; proto-loader stands on the same.
import protobuf from 'protobufjs/light';

let root: protobuf.Root | undefined;

/** protobufjs’ view of the descriptors, for decoding and for services. Built at first use: a command that needs neither does not pay for it. */
export function protoRoot(): protobuf.Root {
  root ??= protobuf.Root.fromJSON(descriptors);
  return root;
}

const types = new Map<string, protobuf.Type>();

/** A message type that is known to exist. To look it up takes longer than to read a request. */
export function protoType(name: string): protobuf.Type {
  let type = types.get(name);
  if (type === undefined) {
    type = protoRoot().lookupType(name);
    types.set(name, type);
  }
  return type;
}
