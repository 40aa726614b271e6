import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileFunction } from 'node:vm';
import type { ValidateFunction } from 'ajv';
import { compiledSchemas } from '../../scripts/compiled-schemas';
import { assembled } from '../../src/model/decoding/field-by-field';
import { isFields } from '../../src/model/decoding/problem';
import { compiledSchema } from '../../src/model/decoding/schema-compiler';
import { isKind, type Kind, KIND_MODELS, KINDS } from '../../src/model/kinds';
import { readDocuments } from '../../src/sources/yaml/read-documents';

const FIXTURES = join(__dirname, '../../fixtures');

/** What is shipped in the place of the compiler. */
function shipped(): Readonly<Record<Kind, ValidateFunction>> {
  const program = { exports: {} };
  const run = compileFunction(compiledSchemas(), ['module', 'exports', 'require']) as (
    module: object,
    exports: object,
    load: NodeJS.Require,
  ) => void;
  run(program, program.exports, require);
  const parts = program.exports as Readonly<Record<string, ValidateFunction>>;
  return Object.fromEntries(KINDS.map((kind) => [kind, assembled(kind, parts)])) as Record<Kind, ValidateFunction>;
}

/** What stands in the fixtures where a kind’s schema applies. */
function specs(): readonly { readonly kind: Kind; readonly value: unknown }[] {
  return readdirSync(FIXTURES, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\/input\/.*\.ya?ml$/.test(file) && existsSync(join(FIXTURES, file)))
    .flatMap((file) => readDocuments(file, readFileSync(join(FIXTURES, file))).documents)
    .flatMap(({ value }) => {
      if (!isFields(value)) return [];
      const kind = String(value['kind']);
      if (!isKind(kind)) return [];
      return [{ kind, value: KIND_MODELS[kind].at === 'root' ? value : value['spec'] }];
    });
}

test('what is shipped finds the same as what is compiled here', () => {
  const functions = shipped();
  expect(Object.keys(functions).toSorted()).toEqual([...KINDS].toSorted());
  let refused = 0;
  for (const { kind, value } of specs()) {
    const [here, there] = [compiledSchema(kind), functions[kind]];
    const passes = here(value);
    expect(there(value)).toBe(passes);
    expect(JSON.stringify(there.errors)).toBe(JSON.stringify(here.errors));
    if (!passes) refused += 1;
  }
  expect(refused).toBeGreaterThan(20);
});
