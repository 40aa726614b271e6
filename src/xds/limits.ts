import type { ServerOptions } from '@grpc/grpc-js';

/** How much of the port one client, and one connection, may take. */
export interface XdsLimits {
  /** Streams and Fetches at once of one identity; without TLS there are no identities, and no such limit. */
  readonly streamsPerIdentity: number;
  /** Milliseconds, give or take a tenth, after which a connection is ended, so that Envoys spread over replicas that came later. */
  readonly connectionAgeMs: number;
}

export const DEFAULT_LIMITS: XdsLimits = { streamsPerIdentity: 2_000, connectionAgeMs: 30 * 60_000 };

/** A node reports every resource that it has in one message when it reconnects. */
const MAX_REQUEST_BYTES = 64 * 1024 * 1024;

/** Of grpc-js: 0 of one or `unlimited` of another of these is how a client takes the whole server. */
export function grpcOptions({ connectionAgeMs }: XdsLimits): ServerOptions {
  return {
    'grpc.max_receive_message_length': MAX_REQUEST_BYTES,
    'grpc.max_concurrent_streams': 8,
    'grpc.keepalive_time_ms': 30_000,
    'grpc.keepalive_timeout_ms': 10_000,
    'grpc.max_connection_age_ms': connectionAgeMs,
    // GOAWAY, then this long for what is on its way.
    'grpc.max_connection_age_grace_ms': 5_000,
    // Whoever connects and asks for nothing.
    'grpc.max_connection_idle_ms': 60_000,
    // In MB. Without it, what a client leaves unread may grow for ever.
    'grpc-node.max_session_memory': 256,
  };
}
