import { commandProblem } from './command-operators';

/** In bytes, of a name and of a value (HeaderValue, API reference). */
const MAX_BYTES = 16_384;

/** Why Envoy would refuse to add a header, if it would. */
export function addedHeaderProblem(name: string, value: string): string | undefined {
  if (name.startsWith(':') || name.toLowerCase() === 'host') return 'it cannot be added';
  if (Math.max(name.length, Buffer.byteLength(value)) > MAX_BYTES) return `it is longer than ${MAX_BYTES} bytes`;
  return commandProblem(value);
}
