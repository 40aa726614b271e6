import Ajv from 'ajv';
import { KIND_MODELS, KINDS } from '../../src/model/kinds';

interface Field {
  readonly path: string;
  readonly description: unknown;
}

function fieldsOf(schema: unknown, path: string): readonly Field[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const inner = 'items' in schema ? fieldsOf(schema.items, `${path}.*`) : [];
  if (!('properties' in schema) || typeof schema.properties !== 'object') return inner;
  const own = Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const at = path === '' ? name : `${path}.${name}`;
    return [{ path: at, description: (field as { description?: unknown }).description }, ...fieldsOf(field, at)];
  });
  return [...inner, ...own];
}

describe.each(KINDS)('%s', (kind) => {
  const model = KIND_MODELS[kind];
  const fields = fieldsOf(model.schema, '');

  test('has a schema that JSON Schema allows', () => {
    expect(new Ajv({ strict: false }).validateSchema(model.schema)).toBe(true);
  });

  test('describes each of its fields', () => {
    expect(fields.length).toBeGreaterThan(0);
    for (const { path, description } of fields) expect([path, typeof description]).toEqual([path, 'string']);
  });

  test('has no field that it also calls unsupported or without effect', () => {
    const paths = fields.map(({ path }) => path);
    const others = [...Object.keys(model.unsupported), ...Object.keys(model.ignored ?? {})];
    for (const name of others) expect(paths).not.toContain(name);
    expect(others.length).toBe(new Set(others).size);
  });

  test('every deciding field and placeholder is a field', () => {
    const names = Object.keys(model.schema.properties);
    expect(names).toEqual(
      expect.arrayContaining([...(model.deciding ?? []), ...Object.keys(model.placeholders ?? {})]),
    );
  });
});
