import { randomBytes } from 'node:crypto';
import { type MessageName, encodeAnyByName } from '../protos';
import { ResourceEncoder } from '../snapshot/resource-encoder';

/** An encoder for commands that print and end: versions of secrets leave the process nowhere, so their key is a fresh one. */
export function offlineEncoder(): ResourceEncoder<MessageName> {
  return new ResourceEncoder(encodeAnyByName, randomBytes(32));
}
