import { randomBytes } from 'node:crypto';
import { encodeAny } from '../protos';
import { ResourceEncoder } from '../snapshot/resource-encoder';

/** An encoder for commands that print and end: versions of secrets leave the process nowhere, so their key is a fresh one. */
export function offlineEncoder(): ResourceEncoder {
  return new ResourceEncoder(encodeAny, randomBytes(32));
}
