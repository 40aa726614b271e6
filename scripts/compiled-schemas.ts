import standaloneCode from 'ajv/dist/standalone';
import { partsOf } from '../src/model/decoding/field-by-field';
import { schemaCompiler } from '../src/model/decoding/schema-compiler';
import { KINDS } from '../src/model/kinds';

/** A CommonJS module that exports the parts of each kind’s schema as functions, for `assembled`. */
export function compiledSchemas(): string {
  const ajv = schemaCompiler({ source: true });
  const parts = KINDS.flatMap((kind) => Object.entries(partsOf(kind)));
  for (const [name, schema] of parts) ajv.addSchema(schema, name);
  return standaloneCode(ajv, Object.fromEntries(parts.map(([name]) => [name, name])));
}
