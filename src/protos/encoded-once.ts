/**
 * Most of the bytes of a large configuration are routes, and most routes stay as they are when one changes. On the wire a message
 * inside another is its own bytes with their length before them (protobuf.dev, "Encoding"), so the bytes of these are kept by the
 * identity of the message and put in as they are. Such a message must not be changed once it was encoded.
 */
export const ENCODED_ONCE: ReadonlySet<string> = new Set([
  'envoy.config.route.v3.Route',
  'envoy.config.route.v3.VirtualHost',
]);

/** By message object; of the types above only. */
export const encodedMessages = new WeakMap<object, Buffer>();
