import type { Diagnostic } from '../diagnostic';
import { type Report, count } from './report';

/** For programs. `schemaVersion` changes whenever a field changes its meaning. */
export function reportJson({ diagnostics, files, definitions }: Report): string {
  const document = {
    schemaVersion: 1,
    ...count(diagnostics),
    files,
    definitions,
    diagnostics: diagnostics.map(withoutExcerpt),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function withoutExcerpt({ location, ...finding }: Diagnostic) {
  if (location === undefined) return finding;
  const { excerpt: _, ...bare } = location;
  return { ...finding, location: bare };
}
