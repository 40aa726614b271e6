import { type ReadFile, readDocuments, refusedFile, tooLarge } from '../yaml/read-documents';
import { LIMITS } from '../yaml/limits';

/** Reads definitions from a stream, such as standard input, to its end. */
export async function readStream(file: string, stream: AsyncIterable<unknown>): Promise<ReadFile> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream) {
    const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
    length += bytes.length;
    if (length > LIMITS.fileBytes) return refusedFile(tooLarge(file));
    chunks.push(bytes);
  }
  return readDocuments(file, Buffer.concat(chunks, length));
}
