import fc from 'fast-check';
import { ANY_KEYS, ANY_WORDS, KEYS, type Words, WORDS } from './words';

interface Schema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly oneOf?: readonly { readonly required?: readonly string[] }[];
  readonly items?: Schema;
  readonly minItems?: number;
  readonly minimum?: number;
  readonly maximum?: number;
}

/** How many of 100 optional fields are given. */
const GIVEN = 18;
/** Optional fields without which there is little left of a definition: all that a Module says. */
const ALWAYS: ReadonlySet<string> = new Set(['config']);
/** How many of 100 values of a field are of no allowed kind. */
const WRONG = 0.3;
/** How many of 100 words are odd, and how many of 100 numbers beyond what is allowed. */
const ODD = 4;

/** Values for a schema: mostly such as it allows, with words from the lists, and now and then such as it does not. */
export function fromSchema(schema: unknown, field = ''): fc.Arbitrary<unknown> {
  return fc.oneof(
    { arbitrary: allowed(schema as Schema, field), weight: 1000 - 10 * WRONG },
    { arbitrary: fc.constantFrom<unknown>(true, 7, -1, 'text', [], {}), weight: 10 * WRONG },
  );
}

function allowed(schema: Schema, field: string): fc.Arbitrary<unknown> {
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.anyOf !== undefined && schema.type === undefined)
    return fc.oneof(...schema.anyOf.map((branch) => fromSchema(branch, field)));
  switch (schema.type) {
    case 'boolean':
      return fc.boolean();
    case 'integer':
    case 'number':
      return integers(schema);
    case 'string':
      return words(WORDS[field] ?? ANY_WORDS);
    case 'array':
      return fc.array(fromSchema(schema.items ?? {}, field), { minLength: schema.minItems ?? 0, maxLength: 2 });
    case 'object':
      return objects(schema, field);
    default:
      return fc.constant('text');
  }
}

function integers({ minimum = 0, maximum = 100_000 }: Schema): fc.Arbitrary<number> {
  const low = fc.integer({ min: minimum, max: Math.min(maximum, minimum + 10) });
  const any = fc.integer({ min: minimum, max: maximum });
  return fc.oneof(
    { arbitrary: low, weight: 60 - ODD },
    { arbitrary: any, weight: 40 - ODD },
    { arbitrary: fc.constantFrom(minimum, maximum), weight: ODD },
    { arbitrary: fc.constantFrom(minimum - 1, maximum + 1), weight: ODD / 4 },
  );
}

function words({ usual, odd }: Words): fc.Arbitrary<string> {
  if (usual.length === 0) return fc.constant('none');
  if (odd.length === 0) return fc.constantFrom(...usual);
  return fc.oneof(
    { arbitrary: fc.constantFrom(...usual), weight: 100 - ODD },
    { arbitrary: fc.constantFrom(...odd), weight: ODD },
  );
}

function objects(schema: Schema, field: string): fc.Arbitrary<unknown> {
  const [values] = Object.values(schema.patternProperties ?? {});
  if (values !== undefined)
    return fc.dictionary(words(KEYS[field] ?? ANY_KEYS), fromSchema(values, field), { maxKeys: 2 });
  const { properties = {}, required = [], oneOf = [] } = schema;
  const choice = fc.constantFrom(...(oneOf.length > 0 ? oneOf.map((branch) => branch.required?.[0] ?? '') : ['']));
  const exclusive = new Set(oneOf.flatMap((branch) => branch.required ?? []));
  return choice.chain((chosen) => {
    const entries = Object.entries(properties)
      .filter(([name]) => !exclusive.has(name) || name === chosen)
      .map(([name, value]) => {
        const some = fromSchema(value, name).map((made) => [name, made] as const);
        return required.includes(name) || name === chosen || ALWAYS.has(name)
          ? some
          : fc.oneof({ arbitrary: fc.constant(undefined), weight: 100 - GIVEN }, { arbitrary: some, weight: GIVEN });
      });
    return fc.tuple(...entries).map((given) => Object.fromEntries(given.filter((entry) => entry !== undefined)));
  });
}
