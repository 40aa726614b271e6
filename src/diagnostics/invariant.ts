/** A bug of our own. The caller keeps the last good snapshot; the message must hold no key material. */
export class InvariantError extends Error {
  override readonly name = 'InvariantError';
}

/** Asserts what our own code promises. User mistakes are Diagnostics and never come here. */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new InvariantError(message);
}

/** Ends an exhaustive `switch`: compiles only if every case was handled. */
export function assertNever(value: never): never {
  throw new InvariantError(`unhandled case ${typeof value === 'object' ? 'object' : String(value)}`);
}
