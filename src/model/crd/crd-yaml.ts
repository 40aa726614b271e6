import { stringify } from 'yaml';
import type { KindModel } from '../kinds/kind-model';
import { customResourceDefinition } from './crd';

/** The CustomResourceDefinition of one of Ambassador's kinds, as a file. */
export function crdYaml(kind: string, model: KindModel): string {
  const text = stringify(customResourceDefinition(kind, model), { lineWidth: 0, aliasDuplicateObjects: false });
  return `# Generated from src/model by \`npm run docs\`.\n${text}`;
}
