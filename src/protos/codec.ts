import type { EnvoyMessages } from '@envoyproxy/protos';
import type { JsonValue } from './json';
import { findPlan, type MessagePlan } from './message-plan';
import { MessageWriter, TYPE_URL_PREFIX } from './message-writer';
import { protoJson } from './proto-json';
import { protoType } from './proto-root';
import { StrictCodecError } from './strict-codec-error';
import { StrictProblem } from './strict-problem';

export type { EnvoyMessages } from '@envoyproxy/protos';

/** Full name of a message, such as `envoy.config.cluster.v3.Cluster`. */
export type MessageName = keyof EnvoyMessages;

/** A `google.protobuf.Any`. Build it with `any`, which checks the payload. */
export interface Any {
  readonly type_url: string;
  readonly value: Buffer;
}

export interface DecodeOptions {
  /** Print private keys, passwords and other fields that Envoy marks sensitive. Off unless asked for by name. */
  readonly revealKeys?: boolean;
}

/**
 * The bytes of a message, the same for equal messages. Throws a StrictCodecError for a field or enum value that does
 * not exist, two members of a oneof, an Any of unknown type, or a value of the wrong type or range. A message must not be
 * changed once it was encoded: the bytes of virtual hosts and joined lists are kept by identity.
 */
export function encode<N extends MessageName>(name: N, message: EnvoyMessages[N]): Buffer {
  const plan = knownPlan(name);
  return written(name, () => writer.message(plan, message));
}

/** One for all: encoding is synchronous. */
const writer = new MessageWriter();

function written(name: string, write: () => void): Buffer {
  try {
    return writer.take(write, undefined);
  } catch (error) {
    if (!(error instanceof StrictProblem)) throw error;
  }
  // Once more, to say where.
  try {
    return writer.take(write, []);
  } catch (error) {
    if (error instanceof StrictProblem) throw new StrictCodecError(name, error.path, error.message);
    throw error;
  }
}

/** A message as a field of type `google.protobuf.Any` takes it. Throws as `encode` does. */
export function any<N extends MessageName>(name: N, message: EnvoyMessages[N]): Any {
  return { type_url: typeUrl(name), value: encode(name, message) };
}

/** The bytes of the Any that holds the message: what a DiscoveryResponse carries per resource. Throws as `encode` does. */
export function encodeAny<N extends MessageName>(name: N, message: EnvoyMessages[N]): Buffer {
  const plan = knownPlan(name);
  return written(name, () => writer.any(plan, message));
}

/** As `encodeAny`, for a message whose type is known only by name; the codec checks it all the same. */
export function encodeAnyByName(name: MessageName, message: object): Buffer {
  return encodeAny(name, message);
}

/**
 * Proto-JSON of a message as Envoy itself reads and prints it: snake_case names, enum values by name, each Any as
 * `@type` and fields. Keys and passwords are replaced by `[redacted]` unless `revealKeys` is given.
 */
export function decode(name: MessageName, bytes: Uint8Array, options: DecodeOptions = {}): JsonValue {
  const plan = knownPlan(name);
  return protoJson(plan, protoType(name).decode(bytes), options.revealKeys === true);
}

/**
 * The message in the shape that `encode` takes, so that code can read it by type. Holds whatever the bytes hold: not
 * for printing. Throws if the bytes are not a message of that type.
 */
export function decodeMessage<N extends MessageName>(name: N, bytes: Uint8Array): EnvoyMessages[N] {
  const type = protoType(knownPlan(name).name);
  return type.toObject(type.decode(bytes), { enums: String, longs: String });
}

export function typeUrl(name: MessageName): string {
  return `${TYPE_URL_PREFIX}${name}`;
}

function knownPlan(name: string): MessagePlan {
  const plan = findPlan(name);
  if (plan === undefined) throw new StrictCodecError(name, '', 'no such message');
  return plan;
}
