import type { Diagnostic, Location } from '../diagnostic';
import { type Report, count } from './report';

/** For programs. `schemaVersion` changes whenever a field changes its meaning. */
export function reportJson({ diagnostics, files, definitions }: Report): string {
  const document = {
    schemaVersion: 1,
    ...count(diagnostics),
    files,
    definitions,
    diagnostics: diagnostics.map(withoutExcerpts),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function withoutExcerpts({ location, related, ...finding }: Diagnostic) {
  return {
    ...finding,
    ...(location && { location: bare(location) }),
    ...(related && { related: related.map((other) => ({ ...other, location: bare(other.location) })) }),
  };
}

function bare({ file, line, column, endColumn }: Location): Location {
  return { file, line, column, ...(endColumn !== undefined && { endColumn }) };
}
