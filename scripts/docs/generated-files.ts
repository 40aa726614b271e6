import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { crdYaml } from '../../src/model/crd/crd-yaml';
import { CUSTOM_KINDS, GROUP, pluralOf } from '../../src/model/crd/custom-kinds';
import { combinedSchema } from '../../src/model/json-schema/combined-schema';
import { definitionSchema } from '../../src/model/json-schema/definition-schema';
import { KINDS } from '../../src/model/kinds';
import { diagnosticsPage } from './diagnostics-page';
import { edgeBootstrapFiles } from './edge-bootstrap';
import { fileNameOf } from './markdown';
import { migrationPage } from './migration-fields';
import { referenceIndex } from './reference-index';
import { referencePage } from './reference-page';

const ROOT = join(__dirname, '../..');

/** Written by hand, but for its tables. */
const MIGRATION_PAGE = 'docs/migrating-from-emissary.md';

/** Folders in which everything is generated. */
export const GENERATED_FOLDERS: readonly string[] = [
  'docs/reference',
  'schemas',
  'deploy/crds',
  'deploy/helm/countersign/files/edge',
].map((folder) => join(ROOT, folder));

/** Every generated file with its text, by path. */
export function generatedFiles(): ReadonlyMap<string, string> {
  const files: readonly (readonly [string, string])[] = [
    ['docs/diagnostics.md', diagnosticsPage()],
    [MIGRATION_PAGE, migrationPage(readFileSync(join(ROOT, MIGRATION_PAGE), 'utf8'))],
    ['docs/reference/README.md', referenceIndex()],
    ...KINDS.map((kind) => [`docs/reference/${fileNameOf(kind)}.md`, referencePage(kind)] as const),
    ['schemas/countersign.schema.json', json(combinedSchema())],
    ...KINDS.map((kind) => [`schemas/${fileNameOf(kind)}.schema.json`, json(definitionSchema(kind))] as const),
    ...edgeBootstrapFiles(),
    ...Object.entries(CUSTOM_KINDS).map(
      ([kind, model]) => [`deploy/crds/${pluralOf(kind)}.${GROUP}.yaml`, crdYaml(kind, model)] as const,
    ),
  ];
  return new Map(files.map(([path, text]) => [join(ROOT, path), text]));
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
