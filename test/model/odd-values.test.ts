import { decode } from '../../src/model/decode';
import type { Document } from '../../src/model/document';
import { KIND_MODELS, KINDS } from '../../src/model/kinds';

/** As YAML gives them: what has a method in JavaScript, or none, under a name that means something there. */
const ODD: readonly unknown[] = [
  { toString: 'z' },
  [{ toString: 'z' }],
  { toString: { toString: 'z' }, valueOf: 1 },
  { constructor: 'z', hasOwnProperty: 1 },
  JSON.parse('{"__proto__": {"toString": "z"}}'),
  Object.create(null),
  null,
  [[]],
  Number.NaN,
];

function documentOf(value: unknown): Document {
  return { file: 'odd.yaml', value, locate: () => ({ file: 'odd.yaml', line: 1, column: 1 }) };
}

function properties(schema: unknown): readonly (readonly [string, unknown])[] {
  const of = typeof schema === 'object' && schema !== null && 'properties' in schema ? schema.properties : undefined;
  return Object.entries(of ?? {});
}

/** The value wherever the schema of a kind has a field, one place after another. */
function* placed(schema: unknown, value: unknown): Generator {
  for (const [field, of] of properties(schema)) {
    yield { [field]: value };
    for (const inner of placed(of, value)) yield { [field]: inner };
    if (typeof of === 'object' && of !== null && 'items' in of)
      for (const inner of placed(of.items, value)) yield { [field]: [inner] };
  }
}

test.each(KINDS)('no value that one can write ends the decoding of a %s', (kind) => {
  const { group, versions, at, schema } = KIND_MODELS[kind];
  let count = 0;
  for (const version of [...versions, 'v1', 'v2', 'v1beta1'])
    for (const value of ODD)
      for (const spec of placed(schema, value)) {
        const head = { apiVersion: group === '' ? version : `${group}/${version}`, kind, metadata: { name: 'odd' } };
        const root = at === 'root' ? { ...head, ...(spec as object) } : { ...head, spec };
        expect(() => decode(documentOf(root))).not.toThrow();
        count += 1;
      }
  expect(count).toBeGreaterThan(0);
});
