import { status } from '@grpc/grpc-js';
import type { Denial } from './guarded-server';
import { DeniedError, InvalidRequestError } from './protocol/membership';

/** More was asked for than one answer can hold: `RESOURCE_EXHAUSTED`. */
export class TooMuchError extends Error {
  override readonly name = 'TooMuchError';
}

/** How a call ends on an error. A bug of ours is told without its text, which could hold anything. */
export function failureOf(error: unknown): Denial & { readonly reason: 'invalid-request' | 'denied' | 'error' } {
  if (error instanceof InvalidRequestError)
    return { reason: 'invalid-request', code: status.INVALID_ARGUMENT, details: error.message };
  if (error instanceof DeniedError) return { reason: 'denied', code: status.PERMISSION_DENIED, details: error.message };
  if (error instanceof TooMuchError)
    return { reason: 'invalid-request', code: status.RESOURCE_EXHAUSTED, details: error.message };
  return { reason: 'error', code: status.INTERNAL, details: 'internal error' };
}
