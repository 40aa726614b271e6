import { KIND_MODELS, type Kind } from '../kinds';
import { DRAFT, type JsonSchema } from './json-schema';
import { METADATA_SCHEMA } from './metadata-schema';
import { specSchema } from './spec-schema';

/** Those `apiVersion`s of a kind whose spelling its schema describes: Ambassador's v2 and v1 differ, other kinds' versions do not. */
function apiVersionsOf(kind: Kind): JsonSchema {
  const { group, versions, strict } = KIND_MODELS[kind];
  const [first = '', ...others] = versions.map((version) => (group === '' ? version : `${group}/${version}`));
  return strict || others.length === 0 ? { const: first } : { enum: [first, ...others] };
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
    apiVersion: { type: 'string', ...apiVersionsOf(kind), description: 'Group and version of the kind.' },
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
