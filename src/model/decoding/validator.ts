import Ajv, { type ErrorObject } from 'ajv';
import { KIND_MODELS, type Kind } from '../kinds';
import { NOTE_KEYWORDS } from '../kinds/kind-model';

type Validator = (value: unknown) => readonly ErrorObject[];

const validators = new Map<Kind, Validator>();
let ajv: Ajv | undefined;

/** The compiled validator of a kind. Compiled when first asked for: compiling all of them would cost every start 100 ms. */
export function validatorFor(kind: Kind): Validator {
  const known = validators.get(kind);
  if (known !== undefined) return known;
  ajv ??= new Ajv({
    allErrors: true,
    verbose: true,
    strict: true,
    strictTypes: false,
    strictRequired: false,
    // A test holds the schemas against the meta-schema, so that no start has to.
    validateSchema: false,
    // Compiling is most of a start; what ajv could take out of the code, V8 takes out too.
    code: { optimize: false },
  }).addVocabulary([...NOTE_KEYWORDS]);
  const validate = ajv.compile(KIND_MODELS[kind].schema);
  const validator: Validator = (value) => (validate(value) ? [] : (validate.errors ?? []));
  validators.set(kind, validator);
  return validator;
}
