import { Reader } from 'protobufjs/minimal';
import { decodeMessage } from '../protos';
import type { DeltaRequestMessage, SotwRequestMessage } from './protocol/request';

/** `resource_names` of a DiscoveryRequest and `resource_names_subscribe` of a DeltaDiscoveryRequest. */
const NAMES = (3 << 3) | 2;
/** Shorter lists are not worth a look. */
const MIN_BYTES = 4_096;
const MAX_LISTS = 16;

interface KnownList {
  readonly bytes: Buffer;
  readonly names: readonly string[];
}

/**
 * Reads discovery requests. Envoys of one configuration ask for the same names in the same order (delta sorts them, SotW takes them
 * in the order of the response that named them), ten thousand of them at a time: a list of names that was read before, byte by
 * byte the same, is not read again, and is the same object.
 */
export class RequestReader {
  /** The most recently used last. */
  #known: readonly KnownList[] = [];

  sotw(bytes: Buffer): SotwRequestMessage {
    const split = splitNames(bytes);
    if (split === undefined) return decodeMessage('envoy.service.discovery.v3.DiscoveryRequest', bytes);
    const message = decodeMessage('envoy.service.discovery.v3.DiscoveryRequest', split.rest);
    return { ...message, resource_names: this.#names(split.names) };
  }

  delta(bytes: Buffer): DeltaRequestMessage {
    const split = splitNames(bytes);
    if (split === undefined) return decodeMessage('envoy.service.discovery.v3.DeltaDiscoveryRequest', bytes);
    const message = decodeMessage('envoy.service.discovery.v3.DeltaDiscoveryRequest', split.rest);
    return { ...message, resource_names_subscribe: this.#names(split.names) };
  }

  #names(bytes: Buffer): readonly string[] {
    const found = this.#known.find((list) => list.bytes.equals(bytes));
    const list = found ?? { bytes: Buffer.from(bytes), names: readNames(bytes) };
    if (list !== this.#known.at(-1))
      this.#known = [...this.#known.filter((other) => other !== list), list].slice(-MAX_LISTS);
    return list.names;
  }
}

/** The names' fields, if they are many and stand together, and all others. @throws RangeError where the bytes are no message. */
function splitNames(bytes: Buffer): { readonly names: Buffer; readonly rest: Buffer } | undefined {
  if (bytes.length < MIN_BYTES) return undefined;
  const reader = Reader.create(bytes);
  let start = -1;
  let end = -1;
  while (reader.pos < reader.len) {
    const at = reader.pos;
    const key = reader.uint32();
    reader.skipType(key & 7);
    if (key !== NAMES) continue;
    if (start < 0) start = at;
    else if (at !== end) return undefined;
    end = reader.pos;
  }
  if (end - start < MIN_BYTES) return undefined;
  return { names: bytes.subarray(start, end), rest: Buffer.concat([bytes.subarray(0, start), bytes.subarray(end)]) };
}

function readNames(bytes: Buffer): readonly string[] {
  const reader = Reader.create(bytes);
  const names: string[] = [];
  while (reader.pos < reader.len) {
    reader.uint32();
    names.push(reader.string());
  }
  return names;
}
