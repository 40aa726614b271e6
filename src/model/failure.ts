import { type Diagnostic, diagnostic, type Location, type Subject } from '../diagnostics/diagnostic';

/**
 * CS1037: an exception that should not be, over one definition. It must not end the compilation of all the others. What the exception
 * says is not repeated: it may hold what was written.
 */
export function failure(error: unknown, subject: Subject | undefined, location: Location): Diagnostic {
  const name = error instanceof Error ? error.name : typeof error;
  return diagnostic('CS1037', { message: `Countersign failed over this definition (${name})`, subject, location });
}
