import { KIND_MODELS, type Kind } from '../kinds';
import { DRAFT, type JsonSchema } from './json-schema';
import { METADATA_SCHEMA } from './metadata-schema';
import { specSchema } from './spec-schema';

/** The `apiVersion` of a kind whose spelling its schema describes. */
function apiVersionOf(kind: Kind): string {
  const { group, versions } = KIND_MODELS[kind];
  return group === '' ? (versions[0] ?? '') : `${group}/${versions[0] ?? ''}`;
}

/** The JSON Schema of a whole definition of one kind, to be used by itself. */
export function definitionSchema(kind: Kind): JsonSchema {
  return { $schema: DRAFT, title: kind, ...definitionBody(kind) };
}

/** The same, to be put into another schema. */
export function definitionBody(kind: Kind): JsonSchema {
  const model = KIND_MODELS[kind];
  const spec = specSchema(model);
  const envelope: JsonSchema = {
    apiVersion: { type: 'string', const: apiVersionOf(kind), description: 'Group and version of the kind.' },
    kind: { type: 'string', const: kind, description: model.about },
    metadata: METADATA_SCHEMA,
  };
  const { properties, required, ...rest } = spec;
  const own: readonly unknown[] = Array.isArray(required) ? required : [];
  if (model.at === 'root')
    return {
      description: model.about,
      ...rest,
      properties: { ...envelope, ...(properties as JsonSchema | undefined) },
      required: ['apiVersion', 'kind', 'metadata', ...own],
    };
  return {
    type: 'object',
    description: model.about,
    properties: { ...envelope, spec: { description: `What the ${kind} says.`, ...spec }, status: {} },
    required: ['apiVersion', 'kind', 'metadata', ...(own.length > 0 ? ['spec'] : [])],
    ...(model.strict && { additionalProperties: false }),
  };
}
