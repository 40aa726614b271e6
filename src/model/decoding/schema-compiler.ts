import Ajv, { type CodeOptions, type ValidateFunction } from 'ajv';
import { KIND_MODELS, type Kind } from '../kinds';
import { NOTE_KEYWORDS } from '../kinds/kind-model';

/** Compiles the schemas of kinds; `code` adds to how. */
export function schemaCompiler(code: CodeOptions = {}): Ajv {
  return new Ajv({
    allErrors: true,
    verbose: true,
    strict: true,
    strictTypes: false,
    strictRequired: false,
    // A test holds the schemas against the meta-schema, so that no start has to.
    validateSchema: false,
    // What ajv could take out of the code, V8 takes out too.
    code: { optimize: false, ...code },
  }).addVocabulary([...NOTE_KEYWORDS]);
}

let ajv: Ajv | undefined;

/**
 * The schema of a kind as a function. In what is shipped this file is replaced by the functions themselves (scripts/bundle.mjs): to
 * compile the schemas takes longer than to check a thousand definitions.
 */
export function compiledSchema(kind: Kind): ValidateFunction {
  ajv ??= schemaCompiler();
  return ajv.compile(KIND_MODELS[kind].schema);
}
