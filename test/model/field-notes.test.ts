import { type Field, fieldsOf } from '../../src/model/fields';
import { KIND_MODELS, KINDS, type Kind } from '../../src/model/kinds';

/** Kinds whose fields do not all say yet what they become in Envoy. Whoever works on one annotates it and takes it out. */
const UNANNOTATED: readonly Kind[] = [];

const annotated = KINDS.filter((kind) => !UNANNOTATED.includes(kind));

/** `default` the schema can say, unlike "default the Host's". */
const DEFAULT_IN_WORDS = /\bdefaults? (?:is )?(?!the |of |for |to the )\S/i;

function problemsOf({ path, schema, container }: Field): readonly string[] {
  const { description = '', 'x-envoy': envoy, 'x-selects': selects, 'x-ambassador': ambassador } = schema;
  return [
    ...(description.trim() === '' ? [`${path} has no description`] : []),
    ...(container || envoy !== undefined || selects !== undefined ? [] : [`${path} has neither x-envoy nor x-selects`]),
    ...(envoy !== undefined && selects !== undefined ? [`${path} has both x-envoy and x-selects`] : []),
    ...([envoy, selects, ambassador].includes('') ? [`${path} has an empty note`] : []),
    ...(DEFAULT_IN_WORDS.test(description) ? [`${path} gives its default in words instead of "default"`] : []),
  ];
}

test.each(annotated)('every field of %s says what it is, its default, and what becomes of it in Envoy', (kind) => {
  expect(fieldsOf(KIND_MODELS[kind]).flatMap(problemsOf)).toEqual([]);
});

test('a kind counts as unannotated only while something is missing', () => {
  const done = UNANNOTATED.filter((kind) => fieldsOf(KIND_MODELS[kind]).flatMap(problemsOf).length === 0);
  expect(done).toEqual([]);
});

test('a field without notes is found wherever it hides', () => {
  const leaf = { type: 'string', description: 'A leaf.' };
  const object = (properties: object) => ({ type: 'object', properties });
  const schema = object({
    list: { type: 'array', description: 'A list.', items: object({ inList: leaf }) },
    map: { type: 'object', description: 'A map.', patternProperties: { '^': object({ inMap: leaf }) } },
    union: { description: 'A union.', anyOf: [leaf, object({ inUnion: leaf })] },
  });
  expect(fieldsOf({ schema } as unknown as Parameters<typeof fieldsOf>[0]).flatMap(problemsOf)).toEqual([
    'list[].inList has neither x-envoy nor x-selects',
    'map.<name>.inMap has neither x-envoy nor x-selects',
    'union has neither x-envoy nor x-selects',
    'union.inUnion has neither x-envoy nor x-selects',
  ]);
});
