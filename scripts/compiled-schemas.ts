import standaloneCode from 'ajv/dist/standalone';
import { schemaCompiler } from '../src/model/decoding/schema-compiler';
import { KIND_MODELS, KINDS } from '../src/model/kinds';

/** A CommonJS module that exports the schema of each kind as a function, as `compiledSchema` would return it. */
export function compiledSchemas(): string {
  const ajv = schemaCompiler({ source: true });
  for (const kind of KINDS) ajv.addSchema(KIND_MODELS[kind].schema, kind);
  return standaloneCode(ajv, Object.fromEntries(KINDS.map((kind) => [kind, kind])));
}
