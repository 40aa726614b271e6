import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CATALOGUE, type CatalogueEntry } from '../../src/diagnostics/catalogue';

const ROOT = join(__dirname, '../..');

const FAMILIES: readonly (readonly [prefix: string, title: string, about: string])[] = [
  ['CS1', 'Documents', 'Reading files, and decoding what stands in them.'],
  ['CS2', 'Certificates', 'What the Secrets hold.'],
  ['CS3', 'References', 'One definition names another.'],
  ['CS4', 'TLS', 'What is verified, and what that is worth.'],
  ['CS5', 'Routing', 'Listeners, Hosts, Mappings and services.'],
  ['CS6', 'Serving', 'The port that Envoys connect to, and what happens while they are served.'],
  ['CS7', 'Meshes', 'Consul and Consul Connect; Istio and SPIFFE.'],
];

const SEVERITIES: Readonly<Record<CatalogueEntry['severity'], string>> = {
  error: '**error**: what it is about is taken out of service, or keeps its last good version',
  warning: '**warning**: it is served nevertheless',
  info: '**info**: nothing is wrong',
};

/** The page on every diagnostic code, from the catalogue and the goldens of its fixtures. */
export function diagnosticsPage(): string {
  const entries: readonly (readonly [string, CatalogueEntry])[] = Object.entries(CATALOGUE);
  const families = FAMILIES.map(([prefix, title, about]) => {
    const own = entries.filter(([code]) => code.startsWith(prefix)).toSorted(([a], [b]) => (a < b ? -1 : 1));
    return { title, about, own };
  });
  const listed = families.flatMap(({ own }) => own).length;
  if (listed !== entries.length) throw new Error(`${entries.length - listed} codes are of no family of this page`);
  return [
    '<!-- Generated from src/diagnostics/catalogue/ by `npm run docs`; do not edit. -->',
    '# Diagnostics',
    'Every finding of `countersign validate`, `render` and `serve` has a code. Codes are stable and never reused. The severity below is the usual one; ' +
      '`--strict` raises some warnings to errors, and a few findings are milder in special cases, as their section says.',
    'The examples are the output of `countersign validate` for the fixture of the same name, with certificates judged as of 15 June 2026.',
    ...families.flatMap(({ title, own }) => [
      `**${title}**`,
      own.map(([code, entry]) => `- [${code}](#${anchor(code, entry)}) ${entry.title}`).join('\n'),
    ]),
    ...families.flatMap(({ title, about, own }) => [`## ${title}`, about, ...own.map(section)]),
    '',
  ].join('\n\n');
}

function section([code, entry]: readonly [string, CatalogueEntry]): string {
  const example =
    entry.inService === true
      ? ['Raised by `countersign serve` only.']
      : entry.unprovoked === true
        ? ['No input is known that raises it.']
        : [`\`\`\`text\n${golden(code)}\n\`\`\``, `Fixture: [\`fixtures/codes/${code}\`](../fixtures/codes/${code})`];
  return [
    `### ${heading(code, entry)}`,
    SEVERITIES[entry.severity],
    entry.explanation,
    `Fix: ${entry.fix}.`,
    ...example,
  ].join('\n\n');
}

function golden(code: string): string {
  return readFileSync(join(ROOT, 'fixtures/codes', code, 'expected/diagnostics.txt'), 'utf8').trimEnd();
}

function heading(code: string, { title }: CatalogueEntry): string {
  return `${code} ${title}`;
}

/** As GitHub makes anchors of headings. */
function anchor(code: string, entry: CatalogueEntry): string {
  return heading(code, entry)
    .toLowerCase()
    .replace(/[^\w\- ]/g, '')
    .replaceAll(' ', '-');
}
