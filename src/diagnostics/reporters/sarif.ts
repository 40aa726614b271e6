import { type Code, catalogueEntry } from '../catalogue';
import type { Diagnostic, Location } from '../diagnostic';
import { type Report, inFull } from './report';

const LEVELS = { error: 'error', warning: 'warning', info: 'note' } as const;

/** SARIF 2.1.0 (OASIS), which code-scanning pages of GitHub and GitLab read. */
export function reportSarif({ diagnostics }: Report, version: string): string {
  const codes = [...new Set(diagnostics.map(({ code }) => code))].toSorted();
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'countersign', version, rules: codes.map(rule) } },
        columnKind: 'utf16CodeUnits',
        results: diagnostics.map(result),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

function rule(code: Code) {
  const { title, explanation, fix, severity } = catalogueEntry(code);
  return {
    id: code,
    shortDescription: { text: title },
    fullDescription: { text: explanation },
    help: { text: fix },
    defaultConfiguration: { level: LEVELS[severity] },
  };
}

function result(finding: Diagnostic) {
  const { code, severity, fix, location, related = [] } = finding;
  return {
    ruleId: code,
    level: LEVELS[severity],
    message: { text: `${inFull(finding)}. Fix: ${fix}` },
    ...(location && { locations: [{ physicalLocation: physicalLocation(location) }] }),
    ...(related.length > 0 && {
      relatedLocations: related.map((other, index) => ({
        id: index + 1,
        message: { text: other.message },
        physicalLocation: physicalLocation(other.location),
      })),
    }),
  };
}

function physicalLocation({ file, line, column, endColumn }: Location) {
  return {
    artifactLocation: { uri: uriOf(file) },
    region: { startLine: line, startColumn: column, ...(endColumn !== undefined && { endColumn }) },
  };
}

/** A path as a URI reference (RFC 3986): spaces, `#`, `?` and the like escaped, relative to wherever the command ran. */
function uriOf(file: string): string {
  const path = file.split('/').map(encodeURIComponent).join('/');
  return path.startsWith('/') ? `file://${path}` : path;
}
