import { UNSUPPORTED_KINDS } from '../../src/model/decoding/envelope';
import { KIND_MODELS, KINDS, type Kind } from '../../src/model/kinds';
import { type Field, fieldsOf } from '../../src/model/fields';
import { code, fileNameOf, sentence, table } from './markdown';
import { shown } from './reference-page';

const BEGIN = '<!-- Generated from the schemas by `npm run docs`; do not edit below. -->';
const END = '<!-- End of what is generated. -->';

/** How `x-ambassador` begins where it says more than that something differs. */
const VERDICTS: Readonly<Record<string, string>> = { Better: '**better**', Addition: 'addition' };

/** The page with its generated part made anew; what people wrote around it stays. */
export function migrationPage(page: string): string {
  const [before = '', rest = ''] = page.split(BEGIN);
  const [, after = '\n'] = rest.split(END);
  return [before.trimEnd(), BEGIN, ...KINDS.filter(matters).map(section), ...missingKinds(), `${END}${after}`].join(
    '\n\n',
  );
}

/** Kubernetes' own kinds are read as Kubernetes writes them; they matter where Emissary does otherwise. */
function matters(kind: Kind): boolean {
  const { strict } = KIND_MODELS[kind];
  return strict || fieldsOf(KIND_MODELS[kind]).some(({ schema }) => schema['x-ambassador'] !== undefined);
}

function section(kind: Kind): string {
  const { unsupported, ignored = {} } = KIND_MODELS[kind];
  const fields = fieldsOf(KIND_MODELS[kind]);
  const same = fields.filter(
    ({ schema, container, addedWith }) => !container && addedWith === undefined && schema['x-ambassador'] === undefined,
  );
  const rows = [
    ...fields.filter(({ schema }) => schema['x-ambassador'] !== undefined).map(differing),
    ...Object.entries(unsupported).map(([name, { severity, effect }]) => [
      code(shown(name, '')),
      `not supported (${severity})`,
      sentence(effect),
    ]),
    ...Object.entries(ignored).map(([name, reason]) => [
      code(shown(name, '')),
      'no effect, as there',
      sentence(reason),
    ]),
  ];
  const page = `[all fields](reference/${fileNameOf(kind)}.md)`;
  return [
    `### ${kind}`,
    same.length === 0 ? `Same: none; ${page}.` : `Same: ${same.map(({ path }) => code(path)).join(', ')}; ${page}.`,
    ...(rows.length === 0 ? [] : [table(['Field', 'Compared with Emissary', 'How'], rows)]),
  ].join('\n\n');
}

function differing({ path, schema }: Field): readonly string[] {
  const note = schema['x-ambassador'] ?? '';
  const [, word = '', text = ''] = /^(\w+): (.*)$/s.exec(note) ?? [];
  const verdict = VERDICTS[word];
  return [code(path), verdict ?? 'differs', sentence(verdict === undefined ? note : text)];
}

function missingKinds(): readonly string[] {
  const kinds = Object.entries(UNSUPPORTED_KINDS).filter(([kind]) => !KINDS.some((known) => known === kind));
  if (kinds.length === 0) return [];
  const rows = kinds.map(([kind, effect]) => [code(kind), sentence(effect)]);
  return [
    '### Kinds that are not read',
    'Each document of these is an error ([CS1013](diagnostics.md#cs1013-kind-not-supported-yet)); everything else is served.',
    table(['Kind', 'What its absence means'], rows),
  ];
}
