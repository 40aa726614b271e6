import type { ErrorObject, ValidateFunction } from 'ajv';
import { invariant } from '../../diagnostics/invariant';
import { KIND_MODELS, type Kind } from '../kinds';
import { type Fields, isFields } from './problem';

/** A schema of an object that says of each field what it is, which are required, and that there are no others. */
interface FieldsSchema {
  readonly type: 'object';
  readonly required?: readonly string[];
  readonly properties: Readonly<Record<string, object>>;
  readonly additionalProperties: false;
}

const KEYWORDS = ['additionalProperties', 'properties', 'required', 'type'];

function isFieldsSchema(schema: object): schema is FieldsSchema {
  return (
    'additionalProperties' in schema &&
    schema.additionalProperties === false &&
    Object.keys(schema).every((keyword) => KEYWORDS.includes(keyword))
  );
}

/** The schemas of a kind that are functions by themselves, by name: that of each field, or else the one. */
export function partsOf(kind: Kind): Readonly<Record<string, object>> {
  const { schema } = KIND_MODELS[kind];
  if (!isFieldsSchema(schema)) return { [kind]: schema };
  return Object.fromEntries(Object.entries(schema.properties).map(([field, of]) => [nameOf(kind, field), of]));
}

/** The schema of a kind as one function, of those of its parts. */
export function assembled(kind: Kind, parts: Readonly<Record<string, ValidateFunction>>): ValidateFunction {
  const { schema } = KIND_MODELS[kind];
  const named = (name: string) => {
    const part = parts[name];
    invariant(part !== undefined, `${name} is not compiled`);
    return part;
  };
  if (!isFieldsSchema(schema)) return named(kind);
  const fields = Object.keys(schema.properties).map((field) => [field, named(nameOf(kind, field))] as const);
  return fieldByField(schema, Object.fromEntries(fields));
}

function nameOf(kind: Kind, field: string): string {
  return `${kind}$${field}`;
}

type Parts = Readonly<Record<string, ValidateFunction>>;

/**
 * Looks at those fields that are there. It finds what the whole schema in one function would find, in its order; but that function
 * asks for each of some sixty fields, and is too long for V8 to optimise.
 */
function fieldByField(schema: FieldsSchema, fields: Parts): ValidateFunction {
  const required = schema.required ?? [];
  const passes = (data: Fields): boolean => {
    for (const field of required) if (data[field] === undefined) return false;
    for (const field in data) {
      const value = data[field];
      if (!Object.hasOwn(schema.properties, field)) return false;
      if (value !== undefined && fields[field]?.(value) !== true) return false;
    }
    return true;
  };
  const validate = ((data: unknown) => {
    validate.errors = isFields(data) && passes(data) ? null : errorsOf(schema, fields, data);
    return validate.errors === null;
  }) as ValidateFunction;
  validate.errors = null;
  return validate;
}

function errorsOf(schema: FieldsSchema, fields: Parts, data: unknown): ErrorObject[] {
  const about = { parentSchema: schema, data };
  const at = (keyword: string) => ({ instancePath: '', schemaPath: `#/${keyword}`, keyword });
  if (!isFields(data)) {
    const { type } = schema;
    return [{ ...at('type'), params: { type }, message: 'must be object', schema: type, ...about }];
  }
  const missing = (schema.required ?? []).filter((field) => data[field] === undefined);
  const unknown = Object.keys(data).filter((field) => !Object.hasOwn(schema.properties, field));
  return [
    ...missing.map((missingProperty) => ({
      ...at('required'),
      params: { missingProperty },
      message: `must have required property '${missingProperty}'`,
      schema: schema.required,
      ...about,
    })),
    ...unknown.map((additionalProperty) => ({
      ...at('additionalProperties'),
      params: { additionalProperty },
      message: 'must NOT have additional properties',
      schema: false,
      ...about,
    })),
    ...Object.keys(schema.properties).flatMap((field) => {
      const validate = fields[field];
      if (data[field] === undefined || validate?.(data[field]) !== false) return [];
      return (validate.errors ?? []).map((error) => ({
        ...error,
        instancePath: `/${field}${error.instancePath}`,
        schemaPath: `#/properties/${field}${error.schemaPath.slice(1)}`,
      }));
    }),
  ];
}
