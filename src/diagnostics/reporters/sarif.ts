import { type Code, catalogueEntry } from '../catalogue';
import type { Diagnostic } from '../diagnostic';
import type { Report } from './report';

const LEVELS = { error: 'error', warning: 'warning', info: 'note' } as const;

/** SARIF 2.1.0 (OASIS), which code-scanning pages of GitHub and GitLab read. */
export function reportSarif({ diagnostics }: Report, version: string): string {
  const codes = [...new Set(diagnostics.map(({ code }) => code))].toSorted();
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      { tool: { driver: { name: 'countersign', version, rules: codes.map(rule) } }, results: diagnostics.map(result) },
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

function result({ code, severity, message, fix, location }: Diagnostic) {
  return {
    ruleId: code,
    level: LEVELS[severity],
    message: { text: `${message}. Fix: ${fix}` },
    ...(location && {
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: location.file },
            region: {
              startLine: location.line,
              startColumn: location.column,
              ...(location.endColumn !== undefined && { endColumn: location.endColumn }),
            },
          },
        },
      ],
    }),
  };
}
