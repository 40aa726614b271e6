import { KIND_MODELS, type Kind } from '../../src/model/kinds';
import { type Field, fieldsOf } from '../../src/model/fields';
import { fieldType } from './field-type';
import { code, fileNameOf, namesInCode, sentence, table } from './markdown';

/** The reference page of a kind: every field, what it becomes, and what is different from Ambassador. */
export function referencePage(kind: Kind): string {
  const model = KIND_MODELS[kind];
  const below = model.at === 'spec' ? 'spec.' : '';
  return [
    `<!-- Generated from the schema of ${kind} by \`npm run docs\`; do not edit. -->`,
    `# ${kind}`,
    model.about,
    `\`apiVersion: ${apiVersionsOf(kind).join('` or `')}\`. ${scope(kind)}`.trimEnd(),
    `Schema for editors and CI: [\`schemas/${fileNameOf(kind)}.schema.json\`](../../schemas/${fileNameOf(kind)}.schema.json), or \`countersign schema ${kind}\`.`,
    '## Fields',
    table(
      ['Field', 'Type', 'Default', 'Meaning', 'In Envoy', 'Difference from Ambassador'],
      fieldsOf(model).map((field) => row(field, below)),
    ),
    ...unsupportedSection(kind, below),
    ...ignoredSection(kind, below),
  ]
    .join('\n\n')
    .concat('\n');
}

/** The `apiVersion`s that a kind may have, the usual one first. */
export function apiVersionsOf(kind: Kind): readonly string[] {
  const { group, versions } = KIND_MODELS[kind];
  return versions.map((version) => (group === '' ? version : `${group}/${version}`));
}

/** What becomes of a field in Envoy, or what it selects. */
export function effectOf({ schema }: Field): string {
  const envoy = schema['x-envoy'];
  if (envoy !== undefined) return namesInCode(envoy);
  const selects = schema['x-selects'];
  if (selects !== undefined) return namesInCode(`selects ${selects}`);
  return '';
}

function row(field: Field, below: string): readonly string[] {
  const { path, schema, required, addedWith } = field;
  const inherited = addedWith === undefined ? 'same' : `Addition, with ${code(`${below}${addedWith}`)}.`;
  const fallback = 'default' in schema ? code(JSON.stringify(schema.default)) : required ? '**required**' : '';
  return [
    code(`${below}${path}`),
    fieldType(schema),
    fallback,
    sentence(schema.description ?? ''),
    effectOf(field),
    schema['x-ambassador'] === undefined ? inherited : sentence(schema['x-ambassador']),
  ];
}

function scope(kind: Kind): string {
  const { versions, strict } = KIND_MODELS[kind];
  if (!strict) return "One of Kubernetes' own kinds: what is not listed here is passed over.";
  return versions.includes('v2')
    ? `This page describes v3alpha1; a v2 document is converted to it first, as Emissary does${versions.includes('v1') ? ', and v1 is written as v2 is' : ''}.`
    : '';
}

function unsupportedSection(kind: Kind, below: string): readonly string[] {
  const rows = Object.entries(KIND_MODELS[kind].unsupported).map(([name, { severity, effect }]) => [
    code(shown(name, below)),
    severity,
    sentence(effect),
  ]);
  if (rows.length === 0) return [];
  return [
    '## Not supported',
    'Ambassador documents these, and Countersign does not have them: [CS1021](../diagnostics.md#cs1021-field-not-supported-yet). An error takes the definition out ' +
      'of service, because ignoring the field would change who may talk to whom or where requests go. The others are passed over.',
    table(['Field', 'Severity', 'What it means'], rows),
  ];
}

function ignoredSection(kind: Kind, below: string): readonly string[] {
  const rows = Object.entries(KIND_MODELS[kind].ignored ?? {}).map(([name, reason]) => [
    code(shown(name, below)),
    sentence(reason),
  ]);
  if (rows.length === 0) return [];
  return [
    '## Without effect',
    'Emissary accepts these and does nothing with them. So does Countersign, with a warning: [CS1028](../diagnostics.md#cs1028-field-without-effect).',
    table(['Field', 'Why'], rows),
  ];
}

/** `protocolStack.*=UDP` as people write it: `spec.protocolStack[]: UDP`. */
export function shown(name: string, below: string): string {
  const [path = '', value] = name.split('=');
  return `${below}${path.replaceAll('.*', '[]')}${value === undefined ? '' : `: ${value}`}`;
}
