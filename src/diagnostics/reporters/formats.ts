import { reportGithub } from './github';
import { reportJson } from './json';
import { reportJunit } from './junit';
import { type Report, inReadingOrder } from './report';
import { reportSarif } from './sarif';
import { reportText } from './text';

export const FORMATS = ['text', 'json', 'sarif', 'github', 'junit'] as const;
export type Format = (typeof FORMATS)[number];

/** Renders a report; all formats show the same findings in the same order. */
export function report(
  format: Format,
  unsorted: Report,
  options: { readonly colour: boolean; readonly version: string },
): string {
  const sorted: Report = { ...unsorted, diagnostics: inReadingOrder(unsorted.diagnostics) };
  switch (format) {
    case 'text':
      return reportText(sorted, options.colour);
    case 'json':
      return reportJson(sorted);
    case 'sarif':
      return reportSarif(sorted, options.version);
    case 'github':
      return reportGithub(sorted);
    case 'junit':
      return reportJunit(sorted);
  }
}
