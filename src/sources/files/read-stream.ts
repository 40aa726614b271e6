import { type Diagnostic, diagnostic } from '../../diagnostics/diagnostic';
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
  if (length === 0) return refusedFile(nothingOn(file));
  return readDocuments(file, Buffer.concat(chunks, length));
}

/** A command that fails before a pipe leaves it empty: that is no configuration without definitions. */
function nothingOn(file: string): Diagnostic {
  return diagnostic('CS1036', {
    severity: 'error',
    message: `${file} is empty`,
    fix: 'see whether the command before the pipe has failed',
    location: { file, line: 1, column: 1 },
  });
}
