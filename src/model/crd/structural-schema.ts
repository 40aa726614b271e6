import { type Fields, isFields } from '../decoding/problem';
import type { JsonSchema } from '../json-schema/json-schema';

/** Takes whatever is there, and keeps it. */
const ANYTHING: JsonSchema = { 'x-kubernetes-preserve-unknown-fields': true };

/** What Kubernetes’ schemas have as JSON Schema has it (Kubernetes API, JSONSchemaProps). */
const SAME = [
  'description',
  'type',
  'enum',
  'minimum',
  'maximum',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'required',
  'minProperties',
  'maxProperties',
];

/**
 * A schema as the API server takes it: structural (Kubernetes, "Specifying a structural schema"), with every check of ours that it can
 * express. Unknown fields are kept, for `validate` and the status to tell of: pruned silently, a typing error would be seen by nobody.
 *
 * @param root whether it is that of the spec, in which fields that are not described are kept
 */
export function structuralSchema(schema: Fields, root = true): JsonSchema {
  const { anyOf, properties, patternProperties, additionalProperties, items, pattern, exclusiveMinimum } = schema;
  if (Array.isArray(anyOf) && properties === undefined) return union(anyOf, schema);
  const values = mapValues(patternProperties) ?? (isFields(additionalProperties) ? additionalProperties : undefined);
  return {
    ...Object.fromEntries(SAME.flatMap((name) => (schema[name] === undefined ? [] : [[name, schema[name]]]))),
    ...presence('anyOf', schema),
    ...presence('oneOf', schema),
    ...(typeof schema['type'] !== 'string' && ANYTHING),
    ...(typeof pattern === 'string' && isLinear(pattern) && { pattern }),
    ...(typeof exclusiveMinimum === 'number' && { minimum: exclusiveMinimum, exclusiveMinimum: true }),
    ...(isFields(items) && { items: structuralSchema(items, false) }),
    ...(isFields(properties) && {
      properties: Object.fromEntries(
        Object.entries(properties).map(([name, field]) => [
          name,
          isFields(field) ? structuralSchema(field, false) : ANYTHING,
        ]),
      ),
    }),
    ...(values !== undefined && { additionalProperties: structuralSchema(values, false) }),
    ...((root || (schema['type'] === 'object' && values === undefined)) && ANYTHING),
  };
}

/** A number or a text has a form of its own; of other unions, which have no common type, only that they are there is said. */
function union(choices: readonly unknown[], { description }: Fields): JsonSchema {
  const types = new Set(choices.map((choice) => (isFields(choice) ? choice['type'] : undefined)));
  const intOrString = types.size === 2 && types.has('integer') && types.has('string');
  return {
    ...(description !== undefined && { description }),
    ...(intOrString ? { 'x-kubernetes-int-or-string': true } : ANYTHING),
  };
}

/** Choices of fields that must be there: all that the API server takes of choices beside fields, and all that ours are. */
function presence(keyword: 'anyOf' | 'oneOf', { [keyword]: choices }: Fields): JsonSchema {
  const requires = (choice: unknown) => isFields(choice) && Object.keys(choice).join() === 'required';
  return Array.isArray(choices) && choices.every(requires) ? { [keyword]: choices } : {};
}

/** The schema of the values of a map, whatever its keys. */
function mapValues(patternProperties: unknown): Fields | undefined {
  if (!isFields(patternProperties)) return undefined;
  const [only] = Object.values(patternProperties);
  return isFields(only) ? only : undefined;
}

/** The API server has Go’s expressions, which know neither looking ahead nor going back. */
function isLinear(pattern: string): boolean {
  return !/\(\?[=!<]|\\[1-9]/.test(pattern) && !pattern.includes('\\u') && !pattern.includes('\\0');
}
