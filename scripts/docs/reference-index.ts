import { KIND_MODELS, KINDS } from '../../src/model/kinds';
import { fileNameOf, table } from './markdown';
import { apiVersionsOf } from './reference-page';

/** The page that leads to the reference page of each kind. */
export function referenceIndex(): string {
  return [
    '<!-- Generated from the schemas by `npm run docs`; do not edit. -->',
    '# Reference',
    'One page for each kind that Countersign reads: every field, its type and default, what it becomes in Envoy, and how that differs from Ambassador.',
    table(
      ['Kind', 'apiVersion', 'What it is for'],
      KINDS.map((kind) => [
        `[${kind}](${fileNameOf(kind)}.md)`,
        apiVersionsOf(kind)
          .map((version) => `\`${version}\``)
          .join(', '),
        KIND_MODELS[kind].about,
      ]),
    ),
    '## In an editor',
    'The schemas that the pages are made of are JSON Schemas in [`schemas/`](../../schemas): one for each kind, and ' +
      '[`countersign.schema.json`](../../schemas/countersign.schema.json) for files with definitions of any kind. With yaml-language-server (VS Code, Neovim, Emacs and others), write ' +
      'this at the head of a file, with the way to the schema from there:',
    '```yaml\n# yaml-language-server: $schema=../schemas/countersign.schema.json\n```',
    'or name it for all files at once, in VS Code’s settings:',
    '```json\n{"yaml.schemas": {"./schemas/countersign.schema.json": "config/**/*.yaml"}}\n```',
    'Where the package is installed, the schemas lie in `node_modules/countersign/schemas/`, and `countersign schema` prints the same:',
    '```sh\ncountersign schema > countersign.schema.json\ncountersign schema Mapping\n```',
    'Fields that Countersign refuses or passes over are marked, with the reason. The schemas describe `getambassador.io/v3alpha1`. Of a ' +
      '`getambassador.io/v2` document only the kind is checked; `countersign validate` converts it and checks the rest. It also checks what no schema can: ' +
      'references, certificates, regular expressions.',
  ]
    .join('\n\n')
    .concat('\n');
}
