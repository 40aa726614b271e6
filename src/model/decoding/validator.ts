import type { ErrorObject } from 'ajv';
import type { Kind } from '../kinds';
import { compiledSchema } from './schema-compiler';

type Validator = (value: unknown) => readonly ErrorObject[];

const NONE: readonly ErrorObject[] = [];
const validators = new Map<Kind, Validator>();

/** The validator of a kind, had when first asked for. */
export function validatorFor(kind: Kind): Validator {
  const known = validators.get(kind);
  if (known !== undefined) return known;
  const validate = compiledSchema(kind);
  const validator: Validator = (value) => (validate(value) ? NONE : (validate.errors ?? NONE));
  validators.set(kind, validator);
  return validator;
}
