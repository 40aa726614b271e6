import type { FieldPlan } from './message-plan';

/**
 * Most of the bytes of a large configuration are routes, and most routes stay as they are when one changes. On the wire a message
 * inside another is its own bytes with their length before them, and a list is its items one after the other (protobuf.dev,
 * "Encoding"), so the bytes of these messages, and of the parts of joined lists, are kept by identity and put in as they are. Neither
 * must be changed once it was encoded.
 */
export const ENCODED_ONCE: ReadonlySet<string> = new Set(['envoy.config.route.v3.VirtualHost']);

/** By message object; of the types above only. */
export const encodedMessages = new WeakMap<object, Buffer>();

/** The items of a list as `field` has them, tags and all. */
export interface EncodedItems {
  readonly field: FieldPlan;
  readonly bytes: Buffer;
}

/** By part of a joined list. To keep the bytes of each item by itself would cost more than to write the few items of a part anew. */
export const encodedParts = new WeakMap<readonly unknown[], EncodedItems>();

const joined = new WeakMap<readonly unknown[], readonly (readonly unknown[])[]>();

/** One list of messages for a repeated field; a part that was encoded in another list is not encoded again. */
export function joinMessages<Message extends object>(parts: readonly (readonly Message[])[]): Message[] {
  const list = ([] as Message[]).concat(...parts);
  joined.set(list, parts);
  return list;
}

/** What `joinMessages` made the list of; undefined for any other. */
export function partsOfMessages(list: readonly unknown[]): readonly (readonly unknown[])[] | undefined {
  return joined.get(list);
}
