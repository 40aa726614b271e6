import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { LIMITS } from '../yaml/limits';
import { type ListedFile, signatureOf } from './list-files';

/** `changed`: the file is no longer the one that was listed, or changed while it was read. */
export type FileContent =
  | { readonly type: 'bytes'; readonly bytes: Uint8Array }
  | { readonly type: 'too_large' }
  | { readonly type: 'changed' };

/**
 * Reads a listed file, never more than one byte beyond the limit.
 * @throws Error of the operating system, if it can't be opened or read.
 */
export function readListedFile(file: ListedFile): FileContent {
  const descriptor = openSync(file.target, constants.O_RDONLY);
  try {
    if (file.regular && signatureOf(fstatSync(descriptor, { bigint: true })) !== file.signature)
      return { type: 'changed' };
    const bytes = readUpTo(descriptor, LIMITS.fileBytes + 1);
    if (file.regular && signatureOf(fstatSync(descriptor, { bigint: true })) !== file.signature)
      return { type: 'changed' };
    return bytes.length > LIMITS.fileBytes ? { type: 'too_large' } : { type: 'bytes', bytes };
  } finally {
    closeSync(descriptor);
  }
}

function readUpTo(descriptor: number, limit: number): Uint8Array {
  const chunks: Buffer[] = [];
  let length = 0;
  while (length < limit) {
    const chunk = Buffer.allocUnsafe(Math.min(64 * 1024, limit - length));
    const count = readSync(descriptor, chunk, 0, chunk.length, null);
    if (count === 0) break;
    chunks.push(chunk.subarray(0, count));
    length += count;
  }
  return Buffer.concat(chunks, length);
}
